#include "core/philox.h"

#include <array>
#include <cstddef>

#include "core/target_clones.h"

namespace vae {
namespace {

constexpr int kRounds = 10;
constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;  // the paper's, chosen for avalanche
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;              // added to the key after each round
constexpr size_t kLanes = 32;  // counters side by side: enough for the compiler to fill any vector register

constexpr uint32_t low(uint64_t value) { return static_cast<uint32_t>(value); }
constexpr uint32_t high(uint64_t value) { return static_cast<uint32_t>(value >> 32); }

template <size_t Lanes>
[[gnu::always_inline]] inline void blocks(uint64_t key, uint64_t upper, uint64_t first, uint32_t* words) {
  std::array<uint32_t, Lanes> x0, x1, x2, x3;
  for (size_t i = 0; i < Lanes; ++i) {
    x0[i] = low(first + i);
    x1[i] = high(first + i);
    x2[i] = low(upper);
    x3[i] = high(upper);
  }
  uint32_t key0 = low(key), key1 = high(key);
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < Lanes; ++i) {
      const uint64_t product0 = uint64_t{kMultiplier0} * x0[i];
      const uint64_t product1 = uint64_t{kMultiplier1} * x2[i];
      x0[i] = high(product1) ^ x1[i] ^ key0;
      x1[i] = low(product1);
      x2[i] = high(product0) ^ x3[i] ^ key1;
      x3[i] = low(product0);
    }
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  for (size_t i = 0; i < Lanes; ++i) {
    words[kPhiloxWords * i] = x0[i];
    words[kPhiloxWords * i + 1] = x1[i];
    words[kPhiloxWords * i + 2] = x2[i];
    words[kPhiloxWords * i + 3] = x3[i];
  }
}

/// `count` is a multiple of kLanes.
VAE_TARGET_CLONES void many_blocks(uint64_t key, uint64_t upper, uint64_t first, size_t count,
                                   uint32_t* words) {
  for (size_t done = 0; done < count; done += kLanes) {
    blocks<kLanes>(key, upper, first + done, words + kPhiloxWords * done);
  }
}

}  // namespace

void philox4x32(uint64_t key, uint64_t upper, uint64_t first, std::span<uint32_t> words) {
  const size_t count = words.size() / kPhiloxWords;
  const size_t together = count - count % kLanes;
  many_blocks(key, upper, first, together, words.data());
  for (size_t i = together; i < count; ++i) {
    blocks<1>(key, upper, first + i, words.data() + kPhiloxWords * i);
  }
}

}  // namespace vae
