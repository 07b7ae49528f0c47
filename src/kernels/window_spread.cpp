#include "kernels/window_spread.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "core/divide_up.h"
#include "kernels/fused.h"
#include "kernels/own_products.h"
#include "kernels/patches.h"
#include "kernels/product_tile.h"

namespace vae {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kPixelsTogether = 256;  // small ones, for which panels are filled anew
constexpr int64_t kBlocks = 16;           // about as many at least: work for other threads

/// The small pictures [count, rows + 2, columns + 2, narrow], with a border of zeros.
Tensor with_border(const WindowMap& map, const float* small) {
  const int64_t bordered_height = map.rows + 2;
  const int64_t row = map.columns * map.narrow, bordered_row = row + 2 * map.narrow;
  const Tensor result = uninitialized({map.count, bordered_height, map.columns + 2, map.narrow});
  float* to = result.data_ptr<float>();
  for_each_row(map.count * bordered_height, bordered_row, [=](int64_t i) {
    const int64_t y = i % bordered_height - 1;
    float* target = to + i * bordered_row;
    std::fill_n(target, bordered_row, 0.0F);
    if (0 <= y && y < map.rows)
      std::copy_n(small + (i / bordered_height * map.rows + y) * row, row, target + map.narrow);
  });
  return result;
}

/// Large pixels whose row and column are even or odd. Two rows and two columns of windows lie over each, in
/// which it is at the same place as the others: with the border, a pixel of parity 0 at 2 i lies under
/// windows i and i + 1, one of parity 1 at 2 i + 1 under i + 1 and i + 2.
struct Parity {
  int64_t y, x;
};

/// Where in the first or the second of its windows a pixel is, as a row or as a column.
int64_t place_in_window(int64_t parity, int64_t window) { return kWindow - 1 - parity - 2 * window; }

struct Spread {
  const WindowMap& map;
  const float* small;  // with a border
  const float* weight;
  float* large;

  int64_t half_height() const { return divide_up(map.height, 2); }
};

struct Channels {
  int64_t first, vectors;
};

/// What is summed in one go: of the numbers under the two windows of a row, [2 narrow], some.
struct Stretch {
  int64_t window_row;
  int64_t begin, size;
};

/// All of them, where channels are many none with numbers of two windows. Those come first under which no
/// pixel of an even picture meets the border.
std::vector<Stretch> stretches_of(const Parity& parity, int64_t narrow) {
  const int64_t columns = 2 * narrow <= kPanelRows ? 1 : 2;
  const EvenParts parts(2 * narrow / columns, kPanelRows);
  std::vector<Stretch> result;
  for (int64_t row = 0; row < 2; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const int64_t begin = columns == 1 ? 0 : (column ^ (1 - parity.x)) * narrow;
      for (int64_t part = 0; part < parts.count(); ++part)
        result.push_back({row ^ (1 - parity.y), begin + parts.begin(part), parts.size(part)});
    }
  }
  return result;
}

/// The weight's numbers for what the stretch reads: [size, channels].
void collect(const Spread& spread, const Parity& parity, const Channels& channels, const Stretch& stretch,
             float* panel) {
  const int64_t narrow = spread.map.narrow, wide = spread.map.wide;
  const int64_t y = place_in_window(parity.y, stretch.window_row);
  for (int64_t i = stretch.begin; i < stretch.begin + stretch.size; ++i, panel += kPanelColumns) {
    const int64_t x = place_in_window(parity.x, i / narrow);
    std::copy_n(spread.weight + ((i % narrow * kWindow + y) * kWindow + x) * wide + channels.first,
                channels.vectors * kVector, panel);
  }
}

/// Pixels of a row that have the same parity, from one to before another.
struct Pixels {
  int64_t begin, end;
};

Pixels all_pixels(const WindowMap& map, const Parity& parity) { return {0, (map.width - parity.x + 1) / 2}; }

/// Those that the stretch gives more than the border's zeros.
Pixels pixels_under(const WindowMap& map, const Parity& parity, const Stretch& stretch) {
  const Pixels all = all_pixels(map, parity);
  const int64_t window = stretch.begin / map.narrow;
  if (stretch.begin + stretch.size > (window + 1) * map.narrow) return all;
  const int64_t column = parity.x + window;  // with the border, of the first pixel
  return {column == 0 ? 1 : 0, std::min(all.end, map.columns + 1 - column)};
}

/// Of the pixels of a parity in some half rows, one picture's below the other's, some channels. The first
/// stretch begins their sums; the others leave out the rows under the border, and of many channels the
/// pixels.
void spread_part(const Spread& spread, const Parity& parity, int64_t first_row, int64_t rows,
                 const Channels& channels) {
  const WindowMap& map = spread.map;
  const int64_t bordered_row = (map.columns + 2) * map.narrow, by_pixel = 2 * map.wide;
  Panel panel;
  bool begins = true;
  for (const Stretch& stretch : stretches_of(parity, map.narrow)) {
    collect(spread, parity, channels, stretch, panel.numbers);
    const auto [from, to] = begins ? all_pixels(map, parity) : pixels_under(map, parity, stretch);
    const EvenParts runs(to - from, kTileRows);
    for (int64_t row = first_row; row < first_row + rows; ++row) {
      const int64_t picture = row / spread.half_height(), i = row % spread.half_height();
      const int64_t y = 2 * i + parity.y, above = i + parity.y + stretch.window_row;
      if (y == map.height) continue;  // of an odd height
      if (!begins && (above == 0 || above == map.rows + 1)) continue;
      const float* a = spread.small + (picture * (map.rows + 2) + above) * bordered_row +
                       parity.x * map.narrow + stretch.begin;
      float* out =
          spread.large + ((picture * map.height + y) * map.width + parity.x) * map.wide + channels.first;
      for (int64_t run = 0; run < runs.count(); ++run) {
        const int64_t x = from + runs.begin(run);
        float* here = out + x * by_pixel;
        tile_function(runs.size(run), channels.vectors)({.a = a + x * map.narrow,
                                                         .a_by_row = map.narrow,
                                                         .a_places = kInTurn.data(),
                                                         .b = panel.numbers,
                                                         .b_by_inner = kPanelColumns,
                                                         .inner = stretch.size,
                                                         .start = begins ? kZeros.data() : here,
                                                         .start_by_row = begins ? 0 : by_pixel,
                                                         .out = here,
                                                         .out_by_row = by_pixel});
      }
    }
    begins = false;
  }
}

}  // namespace

bool can_spread_windows(const WindowMap& map) {
  return uses_own_products() && map.wide % kVector == 0 && map.count * map.rows * map.columns > 0;
}

void spread_windows(const WindowMap& map, const float* small, const float* weight,
                    const std::function<void(float*, int64_t)>& finish, float* large) {
  const Tensor bordered = with_border(map, small);
  const Spread spread = {map, bordered.const_data_ptr<float>(), weight, large};
  const EvenParts channels(map.wide / kVector, kTileVectors);
  const int64_t rows = map.count * spread.half_height();
  const EvenParts blocks(rows,
                         std::clamp<int64_t>(kPixelsTogether / map.columns, 1, divide_up(rows, kBlocks)));
  const auto pixels_above = [&](int64_t row) {
    return (row / spread.half_height() * map.height + row % spread.half_height() * 2) * map.width;
  };
  at::parallel_for(0, blocks.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = blocks.begin(block), size = blocks.size(block);
      for (const Parity& parity : {Parity{0, 0}, Parity{0, 1}, Parity{1, 0}, Parity{1, 1}}) {
        for (int64_t c = 0; c < channels.count(); ++c)
          spread_part(spread, parity, first, size, {channels.begin(c) * kVector, channels.size(c)});
      }
      const int64_t above = pixels_above(first);
      if (finish) finish(large + above * map.wide, pixels_above(first + size) - above);
    }
  });
}

#else

bool can_spread_windows(const WindowMap&) { return false; }
void spread_windows(const WindowMap&, const float*, const float*, const std::function<void(float*, int64_t)>&,
                    float*) {}

#endif

}  // namespace vae
