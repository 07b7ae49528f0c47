// The pixels under the windows of a convolution as rows of a matrix, and back.
#pragma once

#include "core/tensor.h"

namespace vae {

/// The window that halves a side: its width, the step from one to the next, and how far the first one and the
/// last one reach beyond the picture.
inline constexpr int64_t kWindow = 4;
inline constexpr int64_t kWindowStride = 2;
inline constexpr int64_t kWindowPadding = 1;

/// The windows over pictures [N, H, W, C], dense, float32 or bfloat16 on the processor: window (y, x) begins
/// at row 2 y - 1 and column 2 x - 1. `rows` [N * h * w, 16 C], dense and of the same type, gets one window a
/// row, its pixels in order, zeros where it lies outside.
void gather_windows(const Tensor& pictures, int64_t h, int64_t w, const Tensor& rows);

/// The transposed map: each pixel becomes `start` [C], zero where undefined, and the sum of what belongs to
/// it in the rows of all windows over it. All are float32, the pictures may be bfloat16.
void scatter_windows(const Tensor& rows, int64_t h, int64_t w, const Tensor& start, const Tensor& pictures);

}  // namespace vae
