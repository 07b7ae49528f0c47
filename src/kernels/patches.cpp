#include "kernels/patches.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/target_clones.h"
#include "kernels/fused.h"
#include "kernels/reduced.h"

namespace vae {
namespace {

struct Sides {
  int64_t height, width, channels;  // of a picture
  int64_t h, w;                     // windows over it

  int64_t picture() const { return height * width * channels; }
  int64_t window() const { return kWindow * kWindow * channels; }
  int64_t windows() const { return h * w; }
};

Sides sides(const Tensor& pictures, int64_t h, int64_t w) {
  return {
      .height = pictures.size(1), .width = pictures.size(2), .channels = pictures.size(3), .h = h, .w = w};
}

/// What one row of pixels under a window is in the picture: nothing, or a run of elements.
struct Run {
  int64_t skipped = 0;  // elements of the window's row that lie to the left of the picture
  int64_t count = 0;    // elements inside
  int64_t at = 0;       // where these begin in the picture
};

Run run_of(const Sides& sides, int64_t window_y, int64_t window_x, int64_t row) {
  const int64_t y = window_y * kWindowStride - kWindowPadding + row;
  if (y < 0 || y >= sides.height) return {};
  const int64_t left = window_x * kWindowStride - kWindowPadding;
  const int64_t first = std::max<int64_t>(left, 0), last = std::min(left + kWindow, sides.width);
  return {.skipped = (first - left) * sides.channels,
          .count = (last - first) * sides.channels,
          .at = (y * sides.width + first) * sides.channels};
}

/// Calls visit(run, place of the row of pixels in the matrix) for all windows over a picture.
template <class Visit>
[[gnu::always_inline]] inline void visit_windows(const Sides& sides, const Visit& visit) {
  int64_t place = 0;
  for (int64_t y = 0; y < sides.h; ++y) {
    for (int64_t x = 0; x < sides.w; ++x) {
      for (int64_t row = 0; row < kWindow; ++row, place += kWindow * sides.channels) {
        visit(run_of(sides, y, x, row), place);
      }
    }
  }
}

// Most runs are a whole row of a window. Of pictures with few channels these are so short that a loop of
// unknown length costs more than what it does: kLength is theirs, or 0 for others.

template <int64_t kLength, class T>
void gather_picture(const Sides& sides, const T* picture, T* rows) {
  const int64_t length = kWindow * sides.channels;
  visit_windows(sides, [=](const Run& run, int64_t place) {
    T* target = rows + place;
    if (kLength > 0 && run.count == kLength) {
      std::memcpy(target, picture + run.at, kLength * sizeof(T));
      return;
    }
    if (run.count < length) std::fill_n(target, length, T(0));
    std::memcpy(target + run.skipped, picture + run.at, static_cast<size_t>(run.count) * sizeof(T));
  });
}

template <class T>
void gather_any(const Sides& sides, const T* picture, T* rows) {
  if (sides.channels == 1) return gather_picture<kWindow>(sides, picture, rows);
  if (sides.channels == 3) return gather_picture<3 * kWindow>(sides, picture, rows);
  gather_picture<0>(sides, picture, rows);
}

[[gnu::always_inline]] inline void add_run(const float* from, int64_t count, float* to) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

template <int64_t kLength>
[[gnu::always_inline]] inline void add_windows(const Sides& sides, const float* rows, float* sums) {
  visit_windows(sides, [=](const Run& run, int64_t place) {
    if (run.count == kLength) {
      add_run(rows + place, kLength, sums + run.at);
    } else {
      add_run(rows + place + run.skipped, run.count, sums + run.at);
    }
  });
}

VAE_TARGET_CLONES void add_picture(const Sides& sides, const float* rows, float* sums) {
  if (sides.channels == 1) return add_windows<kWindow>(sides, rows, sums);
  if (sides.channels == 3) return add_windows<3 * kWindow>(sides, rows, sums);
  add_windows<0>(sides, rows, sums);
}

VAE_TARGET_CLONES void round(const float* from, int64_t count, c10::BFloat16* to) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) store(from[i], to[i]);
}

void fill(const Sides& sides, const float* start, float* sums) {
  if (start == nullptr) {
    std::fill_n(sums, sides.picture(), 0.0F);
    return;
  }
  for (int64_t i = 0; i < sides.height * sides.width; ++i)
    std::copy_n(start, sides.channels, sums + i * sides.channels);
}

void scatter_picture(const Sides& sides, const float* rows, const float* start, float* picture) {
  fill(sides, start, picture);
  add_picture(sides, rows, picture);
}

void scatter_picture(const Sides& sides, const float* rows, const float* start, c10::BFloat16* picture) {
  std::vector<float> sums(static_cast<size_t>(sides.picture()));
  scatter_picture(sides, rows, start, sums.data());
  round(sums.data(), sides.picture(), picture);
}

template <class T>
void gather_all(const Tensor& pictures, const Sides& sides, const Tensor& rows) {
  const T* from = pictures.const_data_ptr<T>();
  T* to = rows.mutable_data_ptr<T>();
  const int64_t size = sides.windows() * sides.window();
  for_each_row(pictures.size(0), size,
               [=](int64_t i) { gather_any(sides, from + i * sides.picture(), to + i * size); });
}

template <class T>
void scatter_all(const Tensor& rows, const Sides& sides, const float* start, const Tensor& pictures) {
  const float* from = rows.const_data_ptr<float>();
  T* to = pictures.mutable_data_ptr<T>();
  const int64_t size = sides.windows() * sides.window();
  for_each_row(pictures.size(0), size,
               [=](int64_t i) { scatter_picture(sides, from + i * size, start, to + i * sides.picture()); });
}

}  // namespace

void gather_windows(const Tensor& pictures, int64_t h, int64_t w, const Tensor& rows) {
  const Sides size = sides(pictures, h, w);
  if (rows.scalar_type() == torch::kFloat) return gather_all<float>(pictures, size, rows);
  gather_all<c10::BFloat16>(pictures, size, rows);
}

void scatter_windows(const Tensor& rows, int64_t h, int64_t w, const Tensor& start, const Tensor& pictures) {
  const Sides size = sides(pictures, h, w);
  const float* first = start.defined() ? start.const_data_ptr<float>() : nullptr;
  if (pictures.scalar_type() == torch::kFloat) return scatter_all<float>(rows, size, first, pictures);
  scatter_all<c10::BFloat16>(rows, size, first, pictures);
}

}  // namespace vae
