#include "kernels/window_sum.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "core/divide_up.h"
#include "kernels/foresight.h"
#include "kernels/own_products.h"
#include "kernels/patches.h"
#include "kernels/product_tile.h"

namespace vae {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kSums = 16;  // that are added up at the end, where windows are too small to be divided
constexpr int64_t kManyChannels = 64;  // 32 and 128 take as long in W2

/// Of `rows` rows of pixels in a window, from `y` on, the same `length` of their 4 wide numbers.
struct WindowPart {
  int64_t y, rows;
  int64_t first, length;

  int64_t vectors() const { return rows * length / kVector; }
};

/// A window, as its parts fit into panels: of grey and of colour there is one. With many channels none has
/// numbers of two columns, so that it lies wholly inside the picture or outside.
std::vector<WindowPart> parts_of_window(int64_t wide) {
  if (wide % kVector != 0) return {{.y = 0, .rows = kWindow, .first = 0, .length = kWindow * wide}};
  std::vector<WindowPart> result;
  const int64_t stretch = wide < kManyChannels ? kWindow * wide : wide;
  const EvenParts vectors(stretch / kVector, kTileVectors);
  for (int64_t y = 0; y < kWindow; ++y) {
    for (int64_t begin = 0; begin < kWindow * wide; begin += stretch) {
      for (int64_t i = 0; i < vectors.count(); ++i) {
        result.push_back({.y = y,
                          .rows = 1,
                          .first = begin + vectors.begin(i) * kVector,
                          .length = vectors.size(i) * kVector});
      }
    }
  }
  return result;
}

/// A part of the windows over pixels of the small pictures, and where these lie.
struct PixelPanel {
  Panel windows;
  int32_t places[kPanelRows];  // NOLINT: to be filled
  int64_t count = 0;
};

/// Of all pixels in some rows of the small pictures, one below the other, those whose part of the window lies
/// not wholly outside; zeros where it does in part.
template <int64_t Rows, int64_t Length>
VAE_AVX512 void collect(const WindowMap& map, const float* large, const WindowPart& part, int64_t first_row,
                        int64_t rows, PixelPanel& panel) {
  const int64_t row_size = map.width * map.wide;
  int64_t place = 0;
  panel.count = 0;
  for (int64_t row = first_row; row < first_row + rows; ++row) {
    const float* picture = large + row / map.rows * map.height * row_size;
    const int64_t first_y = row % map.rows * kWindowStride - kWindowPadding + part.y;
    int64_t at = part.first - kWindowPadding * map.wide;
    for (int64_t x = 0; x < map.columns; ++x, at += kWindowStride * map.wide, place += map.narrow) {
      const bool is_outside =
          Rows == 1 && (first_y < 0 || first_y >= map.height || at + Length <= 0 || at >= row_size);
      if (is_outside) continue;
      panel.places[panel.count] = static_cast<int32_t>(place);
      float* to = panel.windows.numbers + panel.count++ * kPanelColumns;
      for (int64_t i = 0; i < Rows; ++i, to += Length) {
        const int64_t y = first_y + i, inside = 0 <= y && y < map.height ? row_size : 0;
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

using Collect = void (*)(const WindowMap&, const float*, const WindowPart&, int64_t, int64_t, PixelPanel&);

Collect collect_function(const WindowPart& part) {
  if (part.rows == kWindow) return part.length == kWindow ? collect<kWindow, 4> : collect<kWindow, 12>;
  constexpr std::array<Collect, 3> kFunctions = {collect<1, 16>, collect<1, 32>, collect<1, 48>};
  return kFunctions[static_cast<size_t>(part.vectors() - 1)];
}

/// Some rows and columns of the sum over windows of some rows of the small pictures.
struct PartialSum {
  int64_t first_row, rows;
  int64_t first_narrow, narrow;
  std::span<const WindowPart> parts;
};

/// Where the windows of a row of the small pictures begin, but for their padding.
const float* below(const WindowMap& map, const float* large, int64_t row) {
  return large + (row / map.rows * map.height + row % map.rows * kWindowStride) * map.width * map.wide;
}

void sum_part(const WindowMap& map, const float* large, const float* small, const PartialSum& partial,
              float* sum) {
  const auto& [first_row, rows, first_narrow, narrow, parts] = partial;
  const int64_t together = std::max<int64_t>(kPanelRows / map.columns, 1), end = first_row + rows;
  const int64_t tiles = divide_up(narrow, kTileRows) * static_cast<int64_t>(parts.size());
  const int64_t sum_by_row = kWindow * kWindow * map.wide;
  PixelPanel panel;
  for (int64_t row = first_row; row < end; row += together) {
    const int64_t next = std::min(row + together, end), then = std::min(next + together, end);
    const float* a = small + row * map.columns * map.narrow;
    Foresight foresight(below(map, large, next), below(map, large, then), tiles);
    for (const WindowPart& part : parts) {
      collect_function(part)(map, large, part, row, next - row, panel);
      for (int64_t r = first_narrow; r < first_narrow + narrow; r += kTileRows) {
        foresight.look_ahead();
        float* out = sum + r * sum_by_row + part.y * kWindow * map.wide + part.first;
        const bool is_first = row == first_row;
        tile_function(std::min(first_narrow + narrow - r, kTileRows),
                      part.vectors())({.a = a + r,
                                       .a_by_row = 1,
                                       .a_places = panel.places,
                                       .b = panel.windows.numbers,
                                       .b_by_inner = kPanelColumns,
                                       .inner = panel.count,
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
  const EvenParts stretches(map.count * map.rows, divide_up(map.count * map.rows, kSums));
  const int64_t size = map.narrow * kWindow * kWindow * map.wide;
  std::vector<float> sums(static_cast<size_t>(stretches.count() * size));
  at::parallel_for(0, stretches.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      sum_part(map, large, small, {stretches.begin(i), stretches.size(i), 0, map.narrow, parts},
               sums.data() + i * size);
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
         map.columns <= kPanelRows && map.count * map.rows * map.columns > 0;
}

void sum_windows(const WindowMap& map, const float* large, const float* small, float* sum) {
  const std::vector<WindowPart> parts = parts_of_window(map.wide);
  if (parts.size() == 1) return sum_stretches(map, large, small, parts, sum);
  const auto columns = static_cast<int64_t>(parts.size());
  // Where there are more threads than parts, the sum's rows are divided, too.
  const int64_t most = divide_up(map.narrow, std::max<int64_t>(at::get_num_threads() / columns, 1));
  const EvenParts groups(divide_up(map.narrow, kTileRows), divide_up(most, kTileRows));
  at::parallel_for(0, groups.count() * columns, 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end;) {
      const int64_t group = job / columns, until = std::min(end, (group + 1) * columns);
      const int64_t first = groups.begin(group) * kTileRows;
      const int64_t narrow = std::min(groups.size(group) * kTileRows, map.narrow - first);
      sum_part(
          map, large, small,
          {0, map.count * map.rows, first, narrow,
           std::span(parts).subspan(static_cast<size_t>(job % columns), static_cast<size_t>(until - job))},
          sum);
      job = until;
    }
  });
}

#else

bool can_sum_windows(const WindowMap&) { return false; }
void sum_windows(const WindowMap&, const float*, const float*, float*) {}

#endif

}  // namespace vae
