#include "kernels/window_sum.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "kernels/own_products.h"
#include "kernels/patches.h"
#include "kernels/product_tile.h"

namespace vae {

#ifdef VAE_AVX512

namespace {

// Windows by some of their numbers: what all rows of the sum are computed from lies in the first cache.
constexpr int64_t kPanelRows = 192, kPanelColumns = kTileVectors * kVector;
using Panel = std::array<float, kPanelRows * kPanelColumns>;
constexpr std::array<float, kPanelColumns> kZeros = {};

constexpr int64_t kSums = 16;  // that are added up at the end, where windows are too small to be divided

/// Of `rows` rows of pixels in a window, from `y` on, the same `length` of their 4 wide numbers.
struct WindowPart {
  int64_t y, rows;
  int64_t first, length;

  int64_t vectors() const { return rows * length / kVector; }
};

/// A window, as its parts fit into panels: of grey and of colour there is one.
std::vector<WindowPart> parts_of_window(int64_t wide) {
  if (wide % kVector != 0) return {{.y = 0, .rows = kWindow, .first = 0, .length = kWindow * wide}};
  std::vector<WindowPart> result;
  const Parts parts(kWindow * wide / kVector, kTileVectors);
  for (int64_t y = 0; y < kWindow; ++y) {
    for (int64_t i = 0; i < parts.count(); ++i) {
      result.push_back(
          {.y = y, .rows = 1, .first = parts.begin(i) * kVector, .length = parts.size(i) * kVector});
    }
  }
  return result;
}

/// A part of the windows over all pixels in some rows of the small pictures, one below the other, zeros where
/// they lie outside.
template <int64_t Rows, int64_t Length>
VAE_AVX512 void collect(const WindowMap& map, const float* large, const WindowPart& part, int64_t first_row,
                        int64_t rows, float* panel) {
  const int64_t row_size = map.width * map.wide;
  for (int64_t row = first_row; row < first_row + rows; ++row) {
    const float* picture = large + row / map.rows * map.height * row_size;
    float* const here = panel + (row - first_row) * map.columns * kPanelColumns;
    for (int64_t i = 0; i < Rows; ++i) {
      const int64_t y = row % map.rows * kWindowStride - kWindowPadding + part.y + i;
      const int64_t inside = 0 <= y && y < map.height ? row_size : 0;
      int64_t at = part.first - kWindowPadding * map.wide;
      float* to = here + i * Length;
      for (int64_t x = 0; x < map.columns; ++x, at += kWindowStride * map.wide, to += kPanelColumns) {
        if (0 <= at && at + Length <= inside) {
          std::memcpy(to, picture + y * row_size + at, Length * sizeof(float));
        } else {
          for (int64_t j = 0; j < Length; ++j)
            to[j] = 0 <= at + j && at + j < inside ? picture[y * row_size + at + j] : 0.0F;
        }
      }
    }
  }
}

using Collect = void (*)(const WindowMap&, const float*, const WindowPart&, int64_t, int64_t, float*);

Collect collect_function(const WindowPart& part) {
  if (part.rows == kWindow) return part.length == kWindow ? collect<kWindow, 4> : collect<kWindow, 12>;
  constexpr std::array<Collect, 3> kFunctions = {collect<1, 16>, collect<1, 32>, collect<1, 48>};
  return kFunctions[static_cast<size_t>(part.vectors() - 1)];
}

/// Brings memory that will be read soon nearer, a little at a time.
class Foresight {
 public:
  Foresight(const float* begin, int64_t numbers, int64_t times)
      : next_(begin), end_(begin + numbers), step_(divide_up(divide_up(numbers, kVector), times) * kVector) {}

  void look_ahead() {
    const float* until = std::min(next_ + step_, end_);
    for (; next_ < until; next_ += kVector) __builtin_prefetch(next_, /*write=*/0, /*locality=*/2);
  }

 private:
  const float *next_, *end_;
  int64_t step_;
};

/// Of windows over some rows of the small pictures, the sum's columns that belong to some parts.
struct Share {
  int64_t first_row, rows;
  std::span<const WindowPart> parts;
};

void sum_share(const WindowMap& map, const float* large, const float* small, const Share& share, float* sum) {
  const auto& [first_row, rows, parts] = share;
  const int64_t together = std::max<int64_t>(kPanelRows / map.columns, 1);
  const int64_t tiles = divide_up(map.narrow, kTileRows), sum_by_row = kWindow * kWindow * map.wide;
  const int64_t large_rows =
      kWindowStride * map.width * map.wide;  // below a small row: roughly, sides may be odd
  Panel panel;                               // NOLINT: filled before it is read
  for (int64_t row = first_row, end = first_row + rows; row < end; row += together) {
    const int64_t here = std::min(together, end - row), next = row + here, inner = here * map.columns;
    const float* a = small + row * map.columns * map.narrow;
    Foresight foresight(large + next * large_rows, std::min(together, end - next) * large_rows,
                        tiles * static_cast<int64_t>(parts.size()));
    for (const WindowPart& part : parts) {
      collect_function(part)(map, large, part, row, here, panel.data());
      for (int64_t r = 0; r < map.narrow; r += kTileRows) {
        foresight.look_ahead();
        float* out = sum + r * sum_by_row + part.y * kWindow * map.wide + part.first;
        const bool is_first = row == first_row;
        tile_function(std::min(map.narrow - r, kTileRows),
                      part.vectors())({.a = a + r,
                                       .a_by_row = 1,
                                       .a_by_inner = map.narrow,
                                       .b = panel.data(),
                                       .b_by_inner = kPanelColumns,
                                       .inner = inner,
                                       .start = is_first ? kZeros.data() : out,
                                       .start_by_row = is_first ? 0 : sum_by_row,
                                       .out = out,
                                       .out_by_row = sum_by_row});
      }
    }
  }
}

/// The same where there is one part only: stretches of rows get sums of their own.
void sum_stretches(const WindowMap& map, const float* large, const float* small,
                   std::span<const WindowPart> parts, float* sum) {
  const Parts stretches(map.count * map.rows, divide_up(map.count * map.rows, kSums));
  const int64_t size = map.narrow * kWindow * kWindow * map.wide;
  std::vector<float> sums(static_cast<size_t>(stretches.count() * size));
  at::parallel_for(0, stretches.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      sum_share(map, large, small, {stretches.begin(i), stretches.size(i), parts}, sums.data() + i * size);
    }
  });
  std::copy_n(sums.data(), size, sum);
  for (int64_t i = 1; i < stretches.count(); ++i) {
    for (int64_t j = 0; j < size; ++j) sum[j] += sums[static_cast<size_t>(i * size + j)];
  }
}

}  // namespace

bool can_sum_windows(const WindowMap& map) {
  return uses_own_products() && (map.wide % kVector == 0 || map.wide == 1 || map.wide == 3) &&
         map.columns <= kPanelRows && map.count * map.rows > 0;
}

void sum_windows(const WindowMap& map, const float* large, const float* small, float* sum) {
  const std::vector<WindowPart> parts = parts_of_window(map.wide);
  if (parts.size() == 1) return sum_stretches(map, large, small, parts, sum);
  at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
    const auto some = std::span(parts).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    sum_share(map, large, small, {0, map.count * map.rows, some}, sum);
  });
}

#else

bool can_sum_windows(const WindowMap&) { return false; }
void sum_windows(const WindowMap&, const float*, const float*, float*) {}

#endif

}  // namespace vae
