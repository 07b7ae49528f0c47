#include <ATen/Parallel.h>

#include <algorithm>
#include <span>
#include <vector>

#include "kernels/fused.h"
#include "kernels/panel_product.h"
#include "kernels/winograd.h"
#include "kernels/winograd_tiles.h"

namespace vae::winograd {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kTilesTogether = 128;  // their pixels and the sums stay in the second cache

/// Of one of the nine products, some channels of large pixels of a kind of rows and of columns.
struct Job {
  int64_t product, kind_y, kind_x;
  int64_t first, vectors;
};

std::vector<Job> jobs_of(int64_t wide) {
  const EvenParts stretches(wide / kVector, kTileVectors);
  std::vector<Job> result;
  for (int64_t product = 0; product < kProducts; ++product) {
    for (int64_t y = 0; y < 2; ++y) {
      for (int64_t x = 0; x < 2; ++x) {
        for (int64_t i = 0; i < stretches.count(); ++i)
          result.push_back({product, y, x, stretches.begin(i) * kVector, stretches.size(i)});
      }
    }
  }
  return result;
}

/// One of the nine numbers of each tile from large pixels: panel [tiles, kPanelColumns]
void difference_large(const BorderedPictures& large, const Tiles& tiles, const Job& job, float* panel) {
  const Combiner combine = differences(job.product);
  tiles.for_each_row([&](int64_t picture, int64_t row, int64_t place) {
    const auto lines = rows_under(large, picture, row, job.kind_y);
    for (int64_t column = 0; column < tiles.columns; ++column) {
      const auto pixel = [&](int64_t y, int64_t x) {
        return lines[static_cast<size_t>(y)].at(large_place(job.kind_x, kOutputs * column + x)) + job.first;
      };
      combine(pixel, job.vectors * kVector, panel + (place + column) * kPanelColumns);
    }
  });
}

/// products [9, narrow, 4 wide]: some of their columns, over all tiles.
void sum_jobs(const BorderedPictures& large, const BorderedPictures& small, const std::vector<Tiles>& parts,
              std::span<const Job> jobs, float* products) {
  const int64_t narrow = small.channels, wide = large.channels, by_row = 4 * wide;
  std::array<int32_t, kPanelRows> places = {};
  for (size_t i = 0; i < places.size(); ++i)
    places[i] = static_cast<int32_t>(i) * static_cast<int32_t>(narrow);
  std::vector<float> gradients(static_cast<size_t>(kPanelRows * narrow));
  Panel panel;
  for (int64_t i = 0; i < std::ssize(parts); ++i) {
    const Tiles& tiles = parts[static_cast<size_t>(i)];
    Foresight foresight =
        foresight_of(parts, i, large, kWindowStride * kOutputs, std::ssize(jobs) * narrow / kTileRows);
    int64_t spread_for = -1;
    for (const Job& job : jobs) {
      if (job.product != spread_for) spread_small(small, tiles, job.product, gradients.data());
      spread_for = job.product;
      difference_large(large, tiles, job, panel.numbers);
      for (int64_t r = 0; r < narrow; r += kTileRows) {
        foresight.look_ahead();
        float* out =
            products + (job.product * narrow + r) * by_row + (2 * job.kind_y + job.kind_x) * wide + job.first;
        tile_function(kTileRows, job.vectors)({.a = gradients.data() + r,
                                               .a_by_row = 1,
                                               .a_places = places.data(),
                                               .b = panel.numbers,
                                               .b_by_inner = kPanelColumns,
                                               .inner = tiles.count(),
                                               .start = i == 0 ? kZeros.data() : out,
                                               .start_by_row = i == 0 ? 0 : by_row,
                                               .out = out,
                                               .out_by_row = by_row});
      }
    }
  }
}

}  // namespace

void sum_windows(const WindowMap& map, const float* large, const float* small, float* sum) {
  const int64_t narrow = map.narrow, wide = map.wide, by_row = 4 * wide;
  const Tensor memory = uninitialized({kProducts, narrow, by_row});
  float* products = memory.data_ptr<float>();
  const std::vector<Job> jobs = jobs_of(wide);
  const std::vector<Tiles> parts = divided(map, tile_rows(map), kTilesTogether);
  at::parallel_for(0, std::ssize(jobs), 1, [&](int64_t begin, int64_t end) {
    sum_jobs({large, map.height, map.width, wide}, {small, map.rows, map.columns, narrow}, parts,
             std::span(jobs).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), products);
  });
  for_each_row(narrow, kWindow * kWindow * wide, [&](int64_t n) {
    for (int64_t y = 0; y < kWindow; ++y) {
      // Both kinds of columns at once: they lie side by side.
      for (int64_t x = 0; x < kWindow; x += kWindowStride) {
        const float* first = products + n * by_row + y % kWindowStride * 2 * wide;
        sums(y / kWindowStride, x / kWindowStride)(
            [&](int64_t a, int64_t b) { return first + (a * kTerms + b) * narrow * by_row; }, 2 * wide,
            sum + ((n * kWindow + y) * kWindow + x) * wide);
      }
    }
  });
}

#else

void sum_windows(const WindowMap&, const float*, const float*, float*) {}

#endif

}  // namespace vae::winograd
