#include "core/random.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/philox.h"

namespace vae {
namespace {

/// A bijection that spreads every bit over all: the finaliser of splitmix64 (Steele, Lea and Flood 2014).
constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// FNV-1a of 64 bits.
constexpr uint64_t hash(std::string_view text) {
  uint64_t value = 0xCBF29CE484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return value;
}

/// Never the same for two seeds of one purpose, nor for two purposes of different hash and one seed.
constexpr uint64_t make_key(uint64_t seed, std::string_view purpose) {
  constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;  // moves seed 0 off the fixed point mix(0) = 0
  return mix(mix(seed + kGolden) ^ hash(purpose));
}

uint64_t next64(Random& random) {
  std::array<uint32_t, 2> words;
  random.fill(words);
  return words[0] | uint64_t{words[1]} << 32;
}

}  // namespace

Random::Random(uint64_t seed, std::string_view purpose, uint64_t index)
    : key_(make_key(seed, purpose)), index_(index) {}

Random Random::at(uint64_t index) const {
  Random other = *this;
  other.index_ = index;
  other.followed_ = other.index_on_card_ = nullptr;
  other.position_ = 0;
  return other;
}

Random Random::following(const uint64_t* index) const {
  Random other = *this;
  other.followed_ = index;
  return other;
}

Random Random::following_on_card(const uint64_t* index) const {
  Random other = *this;
  other.index_on_card_ = index;
  return other;
}

uint64_t Random::index() const {
  TORCH_CHECK(!index_on_card_, "the processor draws noise whose index lies on a card");
  return followed_ ? *followed_ : index_;
}

Random Random::between(const OtherRows& others) const {
  Random other = *this;
  other.others_ = others;
  return other;
}

void Random::fill(std::span<uint32_t> words) {
  const auto fill_part_of_block = [&] {  // from the position to the end of its block, or of `words`
    std::array<uint32_t, kPhiloxWords> block;
    philox4x32(key_, index(), position_ / kPhiloxWords, block);
    const std::span<uint32_t> rest = std::span(block).subspan(position_ % kPhiloxWords);
    const size_t count = std::min(words.size(), rest.size());
    std::copy_n(rest.begin(), count, words.begin());
    words = words.subspan(count);
    position_ += count;
  };
  if (position_ % kPhiloxWords != 0) fill_part_of_block();
  const size_t whole = words.size() - words.size() % kPhiloxWords;
  philox4x32(key_, index(), position_ / kPhiloxWords, words.first(whole));
  words = words.subspan(whole);
  position_ += whole;
  if (!words.empty()) fill_part_of_block();
}

uint64_t Random::below(uint64_t bound) {
  assert(bound >= 1);
  // Lemire 2019, "Fast random integer generation in an interval": the upper half of a product with `bound` is
  // uniform once the lowest 2^64 mod bound values of its lower half are rejected.
  __extension__ using uint128_t = unsigned __int128;
  uint128_t product = uint128_t{next64(*this)} * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t rejected = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < rejected) product = uint128_t{next64(*this)} * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::uniform() { return static_cast<double>(next64(*this) >> 11) * 0x1p-53; }

std::vector<int64_t> Random::permutation(int64_t size) {
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[below(left)]);
  return order;
}

}  // namespace vae
