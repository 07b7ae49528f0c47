#include "kernels/winograd_tiles.h"

#include <algorithm>
#include <cstddef>

#include "kernels/own_products.h"
#include "kernels/product_tile.h"
#include "kernels/winograd.h"

namespace vae::winograd {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kFewestTiles = 128;    // for which nine matrices of weights pay
constexpr int64_t kFewestChannels = 32;  // with half as many it is the memory that takes the time

constexpr std::array<Combination, kTerms> kDifferences = {{{2, {0, 1}}, {1, {1}}, {2, {2, 1}}}};
constexpr std::array<Combination, kTerms> kSpread = {{{1, {0}}, {2, {0, 1}}, {1, {1}}}};
constexpr std::array<Combination, kOutputs> kSums = {{{2, {0, 1}}, {2, {1, 2}}}};

template <Sign S>
[[gnu::always_inline]] VAE_AVX512 inline __m512 joined(__m512 a, __m512 b) {
  return S == Sign::plus ? _mm512_add_ps(a, b) : _mm512_sub_ps(a, b);
}

template <int64_t Rows, int64_t Columns, Sign S>
VAE_AVX512 void combine(const Combiner::Sources& sources, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kVector) {
    __m512 rows[2];  // NOLINT: registers
#pragma GCC unroll 2
    for (size_t a = 0; a < Rows; ++a) {
      rows[a] = _mm512_loadu_ps(sources[a][0] + i);
      if (Columns == 2) rows[a] = joined<S>(rows[a], _mm512_loadu_ps(sources[a][1] + i));
    }
    _mm512_storeu_ps(out + i, Rows == 2 ? joined<S>(rows[0], rows[1]) : rows[0]);
  }
}

Combiner of_product(const std::array<Combination, kTerms>& combinations, int64_t product, Sign sign) {
  return {combinations[static_cast<size_t>(product / kTerms)],
          combinations[static_cast<size_t>(product % kTerms)], sign};
}

}  // namespace

Combiner::Combiner(const Combination& rows, const Combination& columns, Sign sign)
    : rows_(rows), columns_(columns) {
  constexpr std::array kFunctions = {combine<1, 1, Sign::plus>,  combine<1, 2, Sign::plus>,
                                     combine<2, 1, Sign::plus>,  combine<2, 2, Sign::plus>,
                                     combine<1, 1, Sign::minus>, combine<1, 2, Sign::minus>,
                                     combine<2, 1, Sign::minus>, combine<2, 2, Sign::minus>};
  combine_ = kFunctions[static_cast<size_t>((sign == Sign::minus ? 4 : 0) + 2 * (rows.count - 1) +
                                            columns.count - 1)];
}

Combiner differences(int64_t product) { return of_product(kDifferences, product, Sign::minus); }
Combiner spread(int64_t product) { return of_product(kSpread, product, Sign::plus); }
Combiner sums(int64_t y, int64_t x) {
  return {kSums[static_cast<size_t>(y)], kSums[static_cast<size_t>(x)], Sign::plus};
}

std::vector<Tiles> divided(const WindowMap& map, int64_t rows, int64_t most) {
  const int64_t columns = tile_columns(map), of_picture = rows * columns;
  std::vector<Tiles> result;
  if (2 * of_picture <= most) {
    const EvenParts groups(map.count, most / of_picture);
    for (int64_t i = 0; i < groups.count(); ++i)
      result.push_back({groups.begin(i), groups.size(i), 0, rows, columns});
    return result;
  }
  const EvenParts stretches(rows, std::max<int64_t>(most / columns, 1));
  for (int64_t picture = 0; picture < map.count; ++picture) {
    for (int64_t i = 0; i < stretches.count(); ++i)
      result.push_back({picture, 1, stretches.begin(i), stretches.size(i), columns});
  }
  return result;
}

Foresight foresight_of(const std::vector<Tiles>& parts, int64_t i, const BorderedPictures& pictures,
                       int64_t by_row, int64_t steps) {
  const auto begin_of = [&](int64_t part) {
    const Tiles& tiles = parts[static_cast<size_t>(std::min(part, std::ssize(parts) - 1))];
    const bool is_behind = part >= std::ssize(parts);
    const int64_t picture = is_behind ? tiles.first_picture + tiles.pictures : tiles.first_picture;
    const int64_t row = is_behind ? 0 : std::min(by_row * tiles.first_row, pictures.height);
    return pictures.first + (picture * pictures.height + row) * pictures.width * pictures.channels;
  };
  return {begin_of(i + 1), begin_of(i + 2), steps};
}

void spread_small(const BorderedPictures& small, const Tiles& tiles, int64_t product, float* out) {
  const Combiner combine = spread(product);
  tiles.for_each_row([&](int64_t picture, int64_t row, int64_t place) {
    const std::array<PixelRow, kOutputs> lines = {small.row(picture, kOutputs * row),
                                                  small.row(picture, kOutputs * row + 1)};
    for (int64_t column = 0; column < tiles.columns; ++column) {
      combine([&](int64_t y, int64_t x) { return lines[static_cast<size_t>(y)].at(kOutputs * column + x); },
              small.channels, out + (place + column) * small.channels);
    }
  });
}

bool pays(const WindowMap& map) {
  const auto channels = [](int64_t count) {
    return count % kVector == 0 && kFewestChannels <= count && count <= kMostChannels;
  };
  const int64_t tiles = tile_rows(map) * tile_columns(map);
  if (!uses_own_products() || !channels(map.wide) || !channels(map.narrow)) return false;
  if (tile_columns(map) > kPanelRows || map.count * tiles < kFewestTiles) return false;
  // Products for each pair of channels, and without tiles, but for those with the border's zeros.
  const int64_t products = 4 * kProducts * tiles;
  const int64_t direct = (kWindow * map.rows - 2) * (kWindow * map.columns - 2);
  return 4 * products <= 3 * direct;
}

#else

bool pays(const WindowMap&) { return false; }

#endif

}  // namespace vae::winograd
