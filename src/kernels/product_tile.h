// The part of a product of matrices that fits into the registers of AVX-512.
#pragma once

#include "kernels/avx512.h"

#ifdef VAE_AVX512

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace vae {

/// out[r][c] <- start[r][c] + sum_i a[r][i] b[i][c] for a few rows r, 16, 32 or 48 columns c, and i = 0 ...
/// inner - 1. Distances are in elements; those of columns of b, start and out are 1, a[r][i] lies at
/// r a_by_row + a_places[i].
struct Tile {
  const float* a;
  int64_t a_by_row;
  const int32_t* a_places;
  const float* b;
  int64_t b_by_inner;
  int64_t inner;
  const float* start;
  int64_t start_by_row;
  float* out;
  int64_t out_by_row;
};

// The sums take 24 of the 32 registers.
inline constexpr int64_t kTileRows = 8, kTileVectors = 3;

/// Rows of b for the widest tile: what all tiles of some columns read, so many that it lies in the first
/// cache.
inline constexpr int64_t kPanelRows = 192, kPanelColumns = kTileVectors * kVector;
struct alignas(64) Panel {
  float numbers[kPanelRows * kPanelColumns];  // NOLINT: to be filled
};

/// Where sums begin.
inline constexpr std::array<float, kPanelColumns> kZeros = {};

/// The places in a row of neighbours.
inline constexpr std::array<int32_t, kPanelRows> kInTurn = [] {
  std::array<int32_t, kPanelRows> result = {};
  for (size_t i = 0; i < result.size(); ++i) result[i] = static_cast<int32_t>(i);
  return result;
}();

template <int64_t Rows, int64_t Vectors>
VAE_AVX512 void multiply_tile(const Tile& tile) {
  const auto& [a, a_by_row, a_places, b, b_by_inner, inner, start, start_by_row, out, out_by_row] = tile;
  __m512 sums[static_cast<size_t>(Rows)][static_cast<size_t>(Vectors)];  // NOLINT: registers
#pragma GCC unroll 8
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int64_t v = 0; v < Vectors; ++v)
      sums[r][v] = _mm512_loadu_ps(start + r * start_by_row + v * kVector);
  }
  for (int64_t i = 0; i < inner; ++i) {
    __m512 factors[static_cast<size_t>(Vectors)];  // NOLINT: registers
#pragma GCC unroll 8
    for (int64_t v = 0; v < Vectors; ++v) factors[v] = _mm512_loadu_ps(b + i * b_by_inner + v * kVector);
    const float* const here = a + a_places[i];
#pragma GCC unroll 8
    for (int64_t r = 0; r < Rows; ++r) {
      const __m512 factor = _mm512_set1_ps(here[r * a_by_row]);
#pragma GCC unroll 8
      for (int64_t v = 0; v < Vectors; ++v) sums[r][v] = _mm512_fmadd_ps(factor, factors[v], sums[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int64_t v = 0; v < Vectors; ++v) _mm512_storeu_ps(out + r * out_by_row + v * kVector, sums[r][v]);
  }
}

using TileFunction = void (*)(const Tile&);

template <size_t... Sizes>
constexpr auto tile_functions(std::index_sequence<Sizes...>) {
  constexpr size_t kVectors = kTileVectors;
  return std::array<TileFunction, sizeof...(Sizes)>{
      multiply_tile<Sizes / kVectors + 1, Sizes % kVectors + 1>...};
}

/// For 1 to kTileRows rows and 1 to kTileVectors vectors.
inline TileFunction tile_function(int64_t rows, int64_t vectors) {
  static constexpr auto kFunctions = tile_functions(std::make_index_sequence<kTileRows * kTileVectors>());
  return kFunctions[static_cast<size_t>((rows - 1) * kTileVectors + vectors - 1)];
}

}  // namespace vae

#endif
