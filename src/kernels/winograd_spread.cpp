#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "kernels/fused.h"
#include "kernels/panel_product.h"
#include "kernels/winograd.h"
#include "kernels/winograd_tiles.h"

namespace vae::winograd {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kFewestRows = 4;  // of a part of a picture, which begins with what the row above gives it

/// The weight as the nine products take it, for both kinds of rows: [9, 2] panels of [narrow, 2 wide].
Tensor transformed(const WindowMap& map, const float* weight, const Panels& panels) {
  const int64_t wide = map.wide, by_row = kWindow * kWindow * wide;
  const Tensor result = uninitialized({kProducts, 2, panels.size()});
  float* to = result.data_ptr<float>();
  at::parallel_for(0, kProducts * 2 * panels.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end; ++job) {
      const int64_t panel = job % panels.count(), matrix = job / panels.count(), kind = matrix % 2;
      const Combiner combine = spread(matrix / 2);
      const float* first = weight + kind * kWindow * wide + panels.first_column(panel);
      float* numbers = to + matrix * panels.size() + panels.offset(panel);
      for (int64_t n = 0; n < map.narrow; ++n) {
        const auto window = [&](int64_t a, int64_t b) {
          return first + n * by_row + kWindowStride * (a * kWindow + b) * wide;
        };
        combine(window, panels.vectors(panel) * kVector, numbers + n * kPanelColumns);
      }
    }
  });
  return result;
}

/// A row of large pixels of a kind, or a column, is the first of a tile and the third of the one before, or
/// the second of one. In the transposed map a tile gives
///   d0 = v0, d1 = v1 - (v0 + v2), d2 = v2.
struct Given {
  int64_t tile, term;
};
using Givers = std::array<Given, kTerms>;

int64_t count_of(int64_t place) { return place % kOutputs == 0 ? 2 : kTerms; }

Givers givers_of(int64_t place) {
  const int64_t tile = place / kOutputs;
  if (place % kOutputs == 0) return {{{tile, 0}, {tile - 1, 2}}};
  return {{{tile, 1}, {tile, 0}, {tile, 2}}};
}

using TransposedSources = std::array<std::array<const float*, kTerms>, kTerms>;

template <int64_t Terms>
[[gnu::always_inline]] VAE_AVX512 inline __m512 given(__m512 a, __m512 b, __m512 c) {
  return Terms == 2 ? _mm512_add_ps(a, b) : _mm512_sub_ps(a, _mm512_add_ps(b, c));
}

template <int64_t Rows, int64_t Columns>
VAE_AVX512 void collect(const TransposedSources& from, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kVector) {
    __m512 rows[kTerms] = {};  // NOLINT: registers
#pragma GCC unroll 3
    for (size_t a = 0; a < Rows; ++a) {
      rows[a] = given<Columns>(_mm512_loadu_ps(from[a][0] + i), _mm512_loadu_ps(from[a][1] + i),
                               Columns == 2 ? _mm512_setzero_ps() : _mm512_loadu_ps(from[a][2] + i));
    }
    _mm512_storeu_ps(out + i, given<Rows>(rows[0], rows[1], rows[2]));
  }
}

/// The large rows that begin with a row of tiles, and their columns.
struct LargeRows {
  int64_t begin, end;
};
LargeRows rows_of(const WindowMap& map, int64_t first_tile, int64_t end_tile) {
  const auto row = [&](int64_t tile) {
    return std::clamp<int64_t>(large_place(0, kOutputs * tile), 0, map.height);
  };
  return {row(first_tile), row(end_tile)};
}

/// Of some rows of large pixels those of a kind, from the products of tiles around them, [9, tiles, 2 wide].
void collect_products(const WindowMap& map, const LargeRows& rows, const Tiles& tiles, int64_t kind,
                      const float* products, float* large) {
  constexpr std::array<void (*)(const TransposedSources&, int64_t, float*), 4> kFunctions = {
      collect<2, 2>, collect<2, 3>, collect<3, 2>, collect<3, 3>};
  const int64_t wide = map.wide, by_tile = 2 * wide, by_product = tiles.count() * by_tile;
  for (int64_t n = 0; n < tiles.pictures; ++n) {
    for (int64_t y = rows.begin + (rows.begin + 1 + kind) % 2; y < rows.end; y += kWindowStride) {
      const int64_t i = (y + kWindowPadding - kind) / kWindowStride;
      const Givers above = givers_of(i);
      float* line = large + ((tiles.first_picture + n) * map.height + y) * map.width * wide;
      for (int64_t j = 0; large_place(0, j) < map.width; ++j) {
        const Givers left = givers_of(j);
        const int64_t x = large_place(0, j), from = x < 0 ? wide : 0,
                      to = x + 1 < map.width ? 2 * wide : wide;
        TransposedSources sources = {};
        for (size_t a = 0; a < static_cast<size_t>(count_of(i)); ++a) {
          const int64_t row = above[a].tile - tiles.first_row;
          for (size_t b = 0; b < static_cast<size_t>(count_of(j)); ++b) {
            const int64_t column = left[b].tile;
            const bool is_tile = 0 <= row && row < tiles.rows && 0 <= column && column < tiles.columns;
            const int64_t place = (n * tiles.rows + row) * tiles.columns + column;
            sources[a][b] = is_tile ? products + (above[a].term * kTerms + left[b].term) * by_product +
                                          place * by_tile + from
                                    : kNothing.data();
          }
        }
        kFunctions[static_cast<size_t>((count_of(i) - 2) * 2 + count_of(j) - 2)](sources, to - from,
                                                                                 line + x * wide + from);
      }
    }
  }
}

}  // namespace

void spread_windows(const WindowMap& map, const float* small, const float* weight,
                    const std::function<void(float*, int64_t)>& finish, float* large) {
  const Panels panels(map.narrow, 2 * map.wide);
  const Tensor matrices = transformed(map, weight, panels);
  const float* factors = matrices.const_data_ptr<float>();
  const BorderedPictures source = {small, map.rows, map.columns, map.narrow};
  const int64_t all = map.count * tile_rows(map) * tile_columns(map);
  // Four rows of pixels belong to a row of tiles; behind the last one there may be a row of them without.
  const int64_t rows_of_tiles = divide_up(map.height + kWindowPadding, kOutputs * kWindowStride);
  const int64_t together = tiles_together(map);
  const bool divides_pictures = tile_rows(map) * tile_columns(map) > together;
  const std::vector<Tiles> parts =
      divided(map, rows_of_tiles,
              std::clamp(divide_up(all, kParts), std::min(kFewestRows * tile_columns(map), together),
                         divides_pictures ? 2 * together : together));
  at::parallel_for(0, std::ssize(parts), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Tiles& part = parts[static_cast<size_t>(i)];
      Tiles tiles = part;
      tiles.first_row = std::max<int64_t>(part.first_row - 1, 0);
      tiles.rows = std::min(part.first_row + part.rows, tile_rows(map)) - tiles.first_row;
      const int64_t count = tiles.count();
      const Tensor inputs = uninitialized({kProducts, count, map.narrow});
      const Tensor products = uninitialized({kProducts, count, panels.columns()});
      float *from = inputs.data_ptr<float>(), *to = products.data_ptr<float>();
      for (int64_t product = 0; product < kProducts; ++product)
        spread_small(source, tiles, product, from + product * count * map.narrow);
      Foresight foresight = foresight_of(parts, i, source, kOutputs, 2 * kProducts * panels.tiles(count));
      const LargeRows rows = rows_of(map, part.first_row, part.first_row + part.rows);
      for (int64_t kind = 0; kind < 2; ++kind) {
        for (int64_t product = 0; product < kProducts; ++product) {
          multiply_panels(from + product * count * map.narrow, count, panels,
                          factors + (product * 2 + kind) * panels.size(),
                          to + product * count * panels.columns(), foresight);
        }
        collect_products(map, rows, tiles, kind, to, large);
      }
      if (!finish) continue;
      for (int64_t n = 0; n < part.pictures; ++n) {
        finish(large + ((part.first_picture + n) * map.height + rows.begin) * map.width * map.wide,
               (rows.end - rows.begin) * map.width);
      }
    }
  });
}

#else

void spread_windows(const WindowMap&, const float*, const float*, const std::function<void(float*, int64_t)>&,
                    float*) {}

#endif

}  // namespace vae::winograd
