// Pictures in tiles, as Winograd's minimal filtering takes them.
#pragma once

#include "kernels/avx512.h"

#ifdef VAE_AVX512

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/divide_up.h"
#include "kernels/foresight.h"
#include "kernels/patches.h"
#include "kernels/window_map.h"

namespace vae::winograd {

// In one dimension, a window of four pixels two apart is two windows of two pixels one apart: of the pixels
// at odd places, from the one before the picture on, and of those at even places. Two neighbours y of such a
// window g over three pixels d take three products,
//   v = (d0 - d1, d1, d2 - d1),  u = (g0, g0 + g1, g1),  m = u v,  y = (m0 + m1, m1 + m2),
// where four were needed: F(2, 2) of Winograd 1980 (Arithmetic Complexity of Computations, V). In two
// dimensions nine take the place of 16, and sums over channels and over the four kinds of pixels are products
// of matrices, one for each of the nine (Lavin & Gray 2016, section 4).

/// Products of a tile in a dimension, and small pixels.
inline constexpr int64_t kTerms = 3, kOutputs = 2;
inline constexpr int64_t kProducts = kTerms * kTerms;
inline constexpr int64_t kMostChannels = 1024;

/// Which of two or three numbers make up one: the first, and where there are two plus or minus the second,
/// which otherwise stays unread.
struct Combination {
  int64_t count;
  std::array<int64_t, 2> of;
};
enum class Sign { plus, minus };

/// Numbers in two dimensions, combined in both.
class Combiner {
 public:
  Combiner(const Combination& rows, const Combination& columns, Sign sign);

  const Combination& columns() const { return columns_; }

  /// out[i] <- what becomes of the numbers at source(row, column), each [count], whole vectors.
  template <class Source>
  void operator()(const Source& source, int64_t count, float* out) const {
    const auto row = [&](int64_t a) {
      return std::array{source(a, columns_.of[0]), source(a, columns_.of[1])};
    };
    combine_({row(rows_.of[0]), row(rows_.of[1])}, count, out);
  }

  using Sources = std::array<std::array<const float*, 2>, 2>;

 private:
  Combination rows_, columns_;
  void (*combine_)(const Sources& sources, int64_t count, float* out);
};

/// v of d, for one of the nine products; u of g, and the transpose of y of m; y of m, for a small pixel of a
/// tile, and the transpose of u of g.
Combiner differences(int64_t product);
Combiner spread(int64_t product);
Combiner sums(int64_t y, int64_t x);

inline constexpr std::array<float, 2 * kMostChannels> kNothing = {};

/// A row of pixels, with zeros around it; outside the picture there are only zeros.
struct PixelRow {
  const float* first;
  int64_t width, channels;

  const float* at(int64_t x) const { return 0 <= x && x < width ? first + x * channels : kNothing.data(); }
};

/// Pictures [.., height, width, channels], with zeros around them.
struct BorderedPictures {
  const float* first;
  int64_t height, width, channels;

  PixelRow row(int64_t picture, int64_t y) const {
    const bool is_inside = 0 <= y && y < height;
    return {is_inside ? first + (picture * height + y) * width * channels : nullptr, is_inside ? width : 0,
            channels};
  }
};

/// The large row of a window's row `kind`, 0 or 1, of the i-th windows of a tile, or column. Those of rows
/// and columns 2 and 3 are the next windows' rows and columns 0 and 1.
constexpr int64_t large_place(int64_t kind, int64_t i) { return kWindowStride * i - kWindowPadding + kind; }

/// The rows of large pixels of a kind that a row of tiles is made of.
inline std::array<PixelRow, kTerms> rows_under(const BorderedPictures& large, int64_t picture,
                                               int64_t tile_row, int64_t kind) {
  const auto row = [&](int64_t i) { return large.row(picture, large_place(kind, kOutputs * tile_row + i)); };
  return {row(0), row(1), row(2)};
}

inline int64_t tile_rows(const WindowMap& map) { return divide_up(map.rows, kOutputs); }
inline int64_t tile_columns(const WindowMap& map) { return divide_up(map.columns, kOutputs); }

/// For how many tiles the nine products of pixels stay in the second cache, their inputs or outputs.
inline int64_t tiles_together(const WindowMap& map) { return 16384 / std::max(map.narrow, 2 * map.wide); }

inline constexpr int64_t kParts = 16;  // about as many at least: work for other threads

/// Some rows of tiles of some pictures.
struct Tiles {
  int64_t first_picture, pictures;
  int64_t first_row, rows;
  int64_t columns;

  int64_t count() const { return pictures * rows * columns; }

  /// Calls work(picture, row, place of the row's first among the tiles).
  template <class Work>
  void for_each_row(const Work& work) const {
    int64_t place = 0;
    for (int64_t picture = first_picture; picture < first_picture + pictures; ++picture) {
      for (int64_t row = first_row; row < first_row + rows; ++row, place += columns)
        work(picture, row, place);
    }
  }
};

/// All pictures, `rows` rows of tiles each, in parts of about `most` tiles: several pictures, or some rows of
/// one.
std::vector<Tiles> divided(const WindowMap& map, int64_t rows, int64_t most);

/// To bring the pixels nearer, from those of part i + 1 on to before those of the next, while part i is
/// computed; in so many steps. `by_row` rows of pixels belong to a row of tiles.
Foresight foresight_of(const std::vector<Tiles>& parts, int64_t i, const BorderedPictures& pictures,
                       int64_t by_row, int64_t steps);

/// One of the nine numbers of each tile from small pixels: out [tiles, narrow]
void spread_small(const BorderedPictures& small, const Tiles& tiles, int64_t product, float* out);

}  // namespace vae::winograd

#endif
