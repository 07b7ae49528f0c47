#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "kernels/fused.h"
#include "kernels/panel_product.h"
#include "kernels/square_transpose.h"
#include "kernels/winograd.h"
#include "kernels/winograd_tiles.h"

namespace vae::winograd {

#ifdef VAE_AVX512

namespace {

/// rows [16, count] to columns of a panel
VAE_AVX512 void transpose(const float* rows, int64_t count, float* panel) {
  for (int64_t i = 0; i < count; i += kVector)
    transpose_square(rows + i, count, kVector, kVector, panel + i * kPanelColumns, kPanelColumns);
}

/// The weight as the nine products take it: [9] panels of [4 wide, narrow].
Tensor transformed(const WindowMap& map, const float* weight, const Panels& panels) {
  const int64_t wide = map.wide, by_row = kWindow * kWindow * wide;
  const Tensor result = uninitialized({kProducts, panels.size()});
  float* to = result.data_ptr<float>();
  at::parallel_for(0, kProducts * panels.count(), 1, [&](int64_t begin, int64_t end) {
    std::vector<float> rows(static_cast<size_t>(kVector * 2 * wide));
    for (int64_t job = begin; job < end; ++job) {
      const int64_t product = job / panels.count(), panel = job % panels.count();
      const Combiner combine = spread(product);
      float* numbers = to + product * panels.size() + panels.offset(panel);
      for (int64_t v = 0; v < panels.vectors(panel); ++v) {
        for (int64_t y = 0; y < 2; ++y) {
          const float* first =
              weight + (panels.first_column(panel) + v * kVector) * by_row + y * kWindow * wide;
          for (int64_t n = 0; n < kVector; ++n) {
            const auto window = [&](int64_t a, int64_t b) {
              return first + n * by_row + kWindowStride * (a * kWindow + b) * wide;
            };
            combine(window, 2 * wide, rows.data() + n * 2 * wide);
          }
          transpose(rows.data(), 2 * wide, numbers + y * 2 * wide * kPanelColumns + v * kVector);
        }
      }
    }
  });
  return result;
}

/// One of the nine numbers of each tile from large pixels: out [tiles, 4 wide]
void difference_large(const BorderedPictures& large, const Tiles& tiles, int64_t product, float* out) {
  const Combiner combine = differences(product);
  const Combination& columns = combine.columns();
  const auto [left, right] = std::minmax(columns.of[0], columns.of[columns.count == 2 ? 1 : 0]);
  const int64_t wide = large.channels, from = large_place(0, left), to = large_place(1, right);
  for (int64_t kind = 0; kind < 2; ++kind) {
    tiles.for_each_row([&](int64_t picture, int64_t row, int64_t place) {
      const auto lines = rows_under(large, picture, row, kind);
      for (int64_t column = 0; column < tiles.columns; ++column) {
        float* numbers = out + (2 * (place + column) + kind) * 2 * wide;
        const int64_t at = kWindowStride * kOutputs * column;
        const auto pixel = [&](int64_t y, int64_t x) {
          return lines[static_cast<size_t>(y)].at(at + large_place(0, x));
        };
        if (0 <= at + from && at + to < large.width) {  // neighbours lie side by side
          combine(pixel, 2 * wide, numbers);
          continue;
        }
        const auto next = [&](int64_t y, int64_t x) {
          return lines[static_cast<size_t>(y)].at(at + large_place(1, x));
        };
        combine(pixel, wide, numbers);
        combine(next, wide, numbers + wide);
      }
    });
  }
}

/// The pixels of the tiles from their nine products, [9, tiles, narrow].
void sum_products(const WindowMap& map, const Tiles& tiles, const float* products, float* small) {
  const int64_t narrow = map.narrow, by_product = tiles.count() * narrow;
  for (int64_t y = 0; y < kOutputs; ++y) {
    for (int64_t x = 0; x < kOutputs; ++x) {
      const Combiner combine = sums(y, x);
      tiles.for_each_row([&](int64_t picture, int64_t row, int64_t place) {
        const int64_t i = kOutputs * row + y;
        if (i >= map.rows) return;
        float* line = small + (picture * map.rows + i) * map.columns * narrow;
        for (int64_t j = x; j < map.columns; j += kOutputs) {
          const float* first = products + (place + j / kOutputs) * narrow;
          combine([&](int64_t a, int64_t b) { return first + (a * kTerms + b) * by_product; }, narrow,
                  line + j * narrow);
        }
      });
    }
  }
}

}  // namespace

void read_windows(const WindowMap& map, const float* large, const float* weight,
                  const std::function<void(float*, int64_t)>& finish, float* small) {
  const Panels panels(kWindowStride * kWindowStride * map.wide, map.narrow);
  const Tensor matrices = transformed(map, weight, panels);
  const float* factors = matrices.const_data_ptr<float>();
  const BorderedPictures source = {large, map.height, map.width, map.wide};
  const int64_t all = map.count * tile_rows(map) * tile_columns(map);
  const std::vector<Tiles> parts =
      divided(map, tile_rows(map), std::min(tiles_together(map), divide_up(all, kParts)));
  at::parallel_for(0, std::ssize(parts), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Tiles& tiles = parts[static_cast<size_t>(i)];
      const int64_t count = tiles.count();
      const Tensor inputs = uninitialized({count, panels.inner()});
      const Tensor products = uninitialized({kProducts, count, map.narrow});
      float *from = inputs.data_ptr<float>(), *to = products.data_ptr<float>();
      Foresight foresight =
          foresight_of(parts, i, source, kWindowStride * kOutputs, kProducts * panels.tiles(count));
      for (int64_t product = 0; product < kProducts; ++product) {
        difference_large(source, tiles, product, from);
        multiply_panels(from, count, panels, factors + product * panels.size(),
                        to + product * count * map.narrow, foresight);
      }
      sum_products(map, tiles, to, small);
      if (!finish) continue;
      const int64_t first = kOutputs * tiles.first_row;
      const int64_t rows = std::min(kOutputs * tiles.rows, map.rows - first);
      finish(small + (tiles.first_picture * map.rows + first) * map.columns * map.narrow,
             tiles.pictures * rows * map.columns);
    }
  });
}

#else

void read_windows(const WindowMap&, const float*, const float*, const std::function<void(float*, int64_t)>&,
                  float*) {}

#endif

}  // namespace vae::winograd
