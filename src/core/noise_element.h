// One random number at a time: what a thread of a card computes, and what the tests compare with
// core/noise.h.
#pragma once

#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define VAE_ON_CARD_TOO __host__ __device__
#else
#define VAE_ON_CARD_TOO
#endif

namespace vae {

/// A draw of a batch's noise: `blocks` times our `elements`, with others' before and behind each.
struct NoiseLayout {
  int64_t blocks = 1;
  int64_t elements = 0;  // of a block
  int64_t before = 0;
  int64_t behind = 0;

  int64_t count() const { return blocks * elements; }
  int64_t whole() const { return blocks * (before + elements + behind); }

  /// Where element `e` of ours lies among those of the whole batch.
  VAE_ON_CARD_TOO int64_t place(int64_t e) const {
    return e / elements * (before + elements + behind) + before + e % elements;
  }
};

/// The words of one counter of Philox4x32-10, as philox4x32 gives them (core/philox.h).
struct PhiloxBlock {
  uint32_t words[4];  // NOLINT: std::array has no operators on a card
};

VAE_ON_CARD_TOO inline PhiloxBlock philox_block(uint64_t key, uint64_t upper, uint64_t lower) {
  const auto low = [](uint64_t value) { return static_cast<uint32_t>(value); };
  const auto high = [](uint64_t value) { return static_cast<uint32_t>(value >> 32); };
  uint32_t x0 = low(lower), x1 = high(lower), x2 = low(upper), x3 = high(upper);
  uint32_t key0 = low(key), key1 = high(key);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53} * x0;
    const uint64_t product1 = uint64_t{0xCD9E8D57} * x2;
    x0 = high(product1) ^ x1 ^ key0;
    x1 = low(product1);
    x2 = high(product0) ^ x3 ^ key1;
    x3 = low(product0);
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return {{x0, x1, x2, x3}};
}

/// Word `position` of the stream of a key and an index (core/random.h).
VAE_ON_CARD_TOO inline uint32_t word_at(uint64_t key, uint64_t index, uint64_t position) {
  return philox_block(key, index, position / 4).words[position % 4];
}

/// Uniform on (0, 1), 23 bits.
VAE_ON_CARD_TOO inline float uniform_of(uint32_t word) {
  return static_cast<float>(word >> 9) * 0x1p-23F + 0x1p-24F;
}

/// Standard normal of two words: to the rounding of logarithm and cosine the same everywhere.
VAE_ON_CARD_TOO inline float normal_of(uint32_t first, uint32_t second) {
  const float u = static_cast<float>(first) * 0x1p-32F + 0x1p-33F;
  const float radius = std::sqrt(-2 * std::log(u));
#ifdef __CUDA_ARCH__
  return radius * cospif(2 * uniform_of(second));
#else
  return radius * static_cast<float>(std::cos(2 * M_PI * static_cast<double>(uniform_of(second))));
#endif
}

}  // namespace vae
