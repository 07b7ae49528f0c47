// The convolutions that halve a picture, and those that double it.
#pragma once

#include "core/tensor.h"
#include "kernels/activation_rows.h"

namespace vae {

/// activation(conv(x) + bias), windows of kernels/patches.h: x [N, inputs, H, W], weight [outputs, inputs, 4,
/// 4], bias [outputs] to [N, outputs, floor(H / 2), floor(W / 2)]. On the processor, in float32 and under
/// autocast in bfloat16, the derivatives are products of matrices in a pass over the pictures, in
/// channels_last.
Tensor downsample(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation);

/// The transposed map: x [N, inputs, h, w], weight [inputs, outputs, 4, 4], bias [outputs] to [N, outputs,
/// height, width], where height is 2 h or 2 h + 1, likewise width.
Tensor upsample(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                FusedActivation activation);

namespace reference {
Tensor downsample(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation);
Tensor upsample(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                FusedActivation activation);
}  // namespace reference

}  // namespace vae
