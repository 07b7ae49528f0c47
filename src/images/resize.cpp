#include "images/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/target_clones.h"

namespace vae {
namespace {

// Target pixel o of an axis is a weighted average of source pixels i, whose centres are at i + 1/2:
//   centre(o) = start + (o + 1/2) step,   weight(o, i) = k(i + 1/2 - centre(o)) / sum_j k(j + 1/2 -
//   centre(o)),
// where step is the number of source pixels for one target pixel, and the sum runs over the pixels there are:
// at the edges the kernel is cut off and normalised again. The picture is the product of the two axes.

/// The stretch of a source axis that is shown by the target's pixels.
struct Window {
  int64_t source_size;
  double start;
  double step;
};

/// Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 15, a = -1/2.
double keys_cubic(double x) {
  const double d = std::abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}

/// The part of a source pixel at this distance that a target pixel of size `step` covers.
double box_coverage(double distance, double step) {
  const double right = std::min(distance + 0.5, step / 2);
  const double left = std::max(distance - 0.5, -step / 2);
  return std::max(right - left, 0.0);
}

struct Kernel {
  Resampling method;
  double step;

  double radius() const {
    if (method == Resampling::bicubic) return 2 * std::max(step, 1.0);
    return step < 1 ? 1 : (step + 1) / 2;
  }

  double operator()(double distance) const {
    if (method == Resampling::bicubic) return keys_cubic(distance / std::max(step, 1.0));
    return step < 1 ? std::max(1 - std::abs(distance), 0.0) : box_coverage(distance, step);
  }
};

/// The weights of one axis: target o is the sum over t < taps of values[o * taps + t] times source first[o] +
/// t. All have the same number of taps, some of them zero, and stay inside the source.
struct Weights {
  int64_t taps;
  std::vector<int64_t> first;
  std::vector<float> values;

  const float* of(int64_t target) const { return values.data() + target * taps; }
  int64_t begin() const { return first.front(); }
  int64_t end() const { return first.back() + taps; }
};

/// The kernel at values.size() neighbouring pixels, normalised; `centre` counts from the first one's edge.
void sample_kernel(const Kernel& kernel, double centre, std::span<double> values) {
  double sum = 0;
  for (size_t t = 0; t < values.size(); ++t) {
    values[t] = kernel(static_cast<double>(t) + 0.5 - centre);
    sum += values[t];
  }
  for (double& value : values) value /= sum;
}

Weights weigh(const Window& window, int64_t target_size, Resampling method) {
  const Kernel kernel{method, window.step};
  const int64_t taps = std::min(window.source_size, static_cast<int64_t>(std::ceil(2 * kernel.radius())));
  Weights result{taps, {}, {}};
  std::vector<double> values(static_cast<size_t>(taps));
  for (int64_t target = 0; target < target_size; ++target) {
    const double centre = window.start + (static_cast<double>(target) + 0.5) * window.step;
    const auto leftmost = static_cast<int64_t>(std::floor(centre - kernel.radius() + 0.5));
    const int64_t first = std::clamp<int64_t>(leftmost, 0, window.source_size - taps);
    sample_kernel(kernel, centre - static_cast<double>(first), values);
    result.first.push_back(first);
    for (const double value : values) result.values.push_back(static_cast<float>(value));
  }
  return result;
}

VAE_TARGET_CLONES void add_scaled(float* __restrict sums, const uint8_t* __restrict row, float weight,
                                  int64_t count) {
  for (int64_t i = 0; i < count; ++i) sums[i] += weight * static_cast<float>(row[i]);
}

/// Target row `y`, still as wide as the source; only the columns that `across` needs are filled.
void blend_rows(const Image& image, const Weights& down, const Weights& across, int64_t y,
                std::vector<float>& row) {
  const int64_t begin = across.begin() * image.channels;
  const int64_t end = across.end() * image.channels;
  const int64_t row_size = image.width * image.channels;
  std::fill(row.begin() + begin, row.begin() + end, 0.0F);
  for (int64_t t = 0; t < down.taps; ++t) {
    const uint8_t* source = image.pixels.data() + (down.first[static_cast<size_t>(y)] + t) * row_size;
    add_scaled(row.data() + begin, source + begin, down.of(y)[t], end - begin);
  }
}

uint8_t round_to_byte(float value) { return static_cast<uint8_t>(std::clamp(value, 0.0F, 255.0F) + 0.5F); }

template <size_t kChannels>
void blend_columns(const std::vector<float>& row, const Weights& across, uint8_t* target) {
  for (int64_t x = 0; x < std::ssize(across.first); ++x) {
    const float* source = row.data() + across.first[static_cast<size_t>(x)] * int64_t{kChannels};
    const float* weights = across.of(x);
    std::array<float, kChannels> sums{};
    for (int64_t t = 0; t < across.taps; ++t) {
      for (float& sum : sums) sum += weights[t] * *source++;
    }
    for (const float sum : sums) *target++ = round_to_byte(sum);
  }
}

/// Rows first: that pass touches every source pixel and runs along memory, and leaves few rows to the other.
Image resample(const Image& image, const Weights& across, const Weights& down) {
  Image result{std::ssize(across.first), std::ssize(down.first), image.channels, {}};
  const int64_t row_size = result.width * result.channels;
  result.pixels.resize(static_cast<size_t>(result.height * row_size));
  std::vector<float> row(static_cast<size_t>(image.width * image.channels));
  const auto blend = image.channels == 1 ? blend_columns<1> : blend_columns<3>;
  for (int64_t y = 0; y < result.height; ++y) {
    blend_rows(image, down, across, y, row);
    blend(row, across, result.pixels.data() + y * row_size);
  }
  return result;
}

void check_sizes(const Image& image, int64_t width, int64_t height) {
  if (std::min({image.width, image.height, width, height}) >= 1) return;
  throw UsageError("a picture of {} x {} can't become {} x {}; every size must be at least 1", image.width,
                   image.height, width, height);
}

double ratio(int64_t source, int64_t target) {
  return static_cast<double>(source) / static_cast<double>(target);
}

/// All of an axis.
Window whole(int64_t source, int64_t target) { return {source, 0.0, ratio(source, target)}; }

/// The centre of an axis, `target` steps long.
Window centred(int64_t source, int64_t target, double step) {
  return {source, (static_cast<double>(source) - static_cast<double>(target) * step) / 2, step};
}

}  // namespace

Image resize(const Image& image, int64_t width, int64_t height, Resampling method) {
  check_sizes(image, width, height);
  return resample(image, weigh(whole(image.width, width), width, method),
                  weigh(whole(image.height, height), height, method));
}

Image resize_and_crop(const Image& image, int64_t width, int64_t height, Resampling method) {
  check_sizes(image, width, height);
  if (image.width == width && image.height == height) return image;  // every weight would be 1 or 0
  // The larger scale covers the target; its inverse is the smaller step. Only the window shown is resampled,
  // at its exact, possibly fractional place, so that the crop leans to no side.
  const double step = std::min(ratio(image.width, width), ratio(image.height, height));
  return resample(image, weigh(centred(image.width, width, step), width, method),
                  weigh(centred(image.height, height, step), height, method));
}

}  // namespace vae
