#include "core/random.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "core/philox.h"

namespace vae {
namespace {

using Words = std::vector<uint32_t>;

Words draw(Random random, size_t count) {
  Words words(count);
  random.fill(words);
  return words;
}

struct KnownAnswer {
  uint64_t key, upper, lower;
  std::array<uint32_t, 4> words;
};

// Published with the paper's own implementation, Random123 (kat_vectors, philox4x32 10).
constexpr std::array kKnownAnswers = {
    KnownAnswer{0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    KnownAnswer{~0ull, ~0ull, ~0ull, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    KnownAnswer{0x299f31d0a4093822,
                0x0370734413198a2e,
                0x85a308d3243f6a88,  // digits of pi
                {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

TEST(Philox, GivesThePublishedAnswers) {
  for (const auto& [key, upper, lower, expected] : kKnownAnswers) {
    std::array<uint32_t, 4> words{};
    philox4x32(key, upper, lower, words);
    EXPECT_EQ(words, expected);
  }
}

TEST(Philox, ManyBlocksAtOnceAreTheBlocksOneByOne) {
  const uint64_t first = (uint64_t{1} << 32) - 50;  // carries into the counter's second word on the way
  Words together(4 * 101), apart(together.size());
  philox4x32(7, 9, first, together);
  for (size_t i = 0; i < 101; ++i) philox4x32(7, 9, first + i, std::span(apart).subspan(4 * i, 4));
  EXPECT_EQ(together, apart);
}

TEST(Random, WordsDoNotDependOnHowTheyAreSplitIntoRequests) {
  const Random random(1, "test", 5);
  const Words whole = draw(random, 700);
  for (const size_t first : {0u, 1u, 2u, 3u, 4u, 5u, 127u, 128u, 129u, 259u, 700u}) {
    Random copy = random;
    Words words(700);
    copy.fill(std::span(words).first(first));
    copy.fill(std::span(words).subspan(first));
    EXPECT_EQ(words, whole) << first;
  }
}

TEST(Random, SkippingIsDrawingAndForgetting) {
  const Words whole = draw(Random(1, "test"), 300);
  for (const size_t skipped : {0u, 1u, 3u, 4u, 130u}) {
    Random random(1, "test");
    random.skip(skipped);
    const Words rest = draw(random, whole.size() - skipped);
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), whole.begin() + static_cast<std::ptrdiff_t>(skipped)));
  }
}

TEST(Random, SeedPurposeAndIndexEachGiveAnotherStream) {
  std::set<Words> streams;
  for (const uint64_t seed : {0ull, 1ull, 1ull << 32, ~0ull})
    for (const char* purpose : {"", "noise", "noisf", "shuffle"})
      for (const uint64_t index : {0ull, 1ull, 1ull << 32})
        streams.insert(draw(Random(seed, purpose, index), 8));
  EXPECT_EQ(streams.size(), 4u * 4u * 3u);
}

TEST(Random, AtBeginsTheStreamOfAnotherIndex) {
  Random random(3, "test", 1);
  random.skip(17);
  EXPECT_EQ(draw(random.at(2), 9), draw(Random(3, "test", 2), 9));
}

// A run resumed by a later version must draw the same words: the key's derivation is part of the format.
TEST(Random, OfAnIndexOnACardIsNotDrawnFromHere) {
  const uint64_t index = 3;
  const Random followed = Random(1, "test").following_on_card(&index);
  EXPECT_EQ(followed.index_on_card(), &index);
  EXPECT_THROW(draw(followed, 5), c10::Error);
  EXPECT_EQ(draw(followed.at(3), 5), draw(Random(1, "test", 3), 5));
}

TEST(Random, StreamsStayTheSameForever) {
  EXPECT_EQ(draw(Random(0, ""), 2), (Words{347140041, 2164067697}));
  EXPECT_EQ(draw(Random(42, "shuffle", 3), 2), (Words{1940887794, 1856793877}));
}

TEST(Random, BelowIsUniformAlsoWhereTheBoundDoesNotDivideTheRange) {
  Random random(1, "below");
  // A little over two thirds of 2^64: without rejection every even result comes from two of the 2^64 numbers
  // that are scaled, every odd one from one.
  constexpr uint64_t kBound = std::numeric_limits<uint64_t>::max() / 3 * 2 + 1;
  constexpr int kDraws = 100'000;
  int odd = 0;
  for (int i = 0; i < kDraws; ++i) {
    const uint64_t value = random.below(kBound);
    ASSERT_LT(value, kBound);
    odd += static_cast<int>(value % 2);
  }
  EXPECT_NEAR(odd, kDraws / 2, 5 * 158);  // 5 standard deviations of a fair coin
}

TEST(Random, BelowOneIsZero) { EXPECT_EQ(Random(1, "below").below(1), 0u); }

TEST(Random, UniformFillsTheUnitIntervalEvenly) {
  Random random(1, "uniform");
  constexpr int kDraws = 100'000;
  std::array<int, 10> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    ++counts[static_cast<size_t>(10 * value)];
  }
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 10, 5 * 95);  // 5 standard deviations
}

TEST(Random, PermutationHoldsEveryNumberOnce) {
  for (const int64_t size : {0, 1, 2, 1000}) {
    std::vector<int64_t> order = Random(1, "permutation").permutation(size);
    std::sort(order.begin(), order.end());
    std::vector<int64_t> expected(static_cast<size_t>(size));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(order, expected);
  }
}

TEST(Random, AllPermutationsAreEquallyLikely) {
  constexpr int kDraws = 24'000;
  std::map<std::vector<int64_t>, int> counts;
  Random random(1, "permutations");
  for (int i = 0; i < kDraws; ++i) ++counts[random.permutation(4)];
  ASSERT_EQ(counts.size(), 24u);
  double chi_square = 0;
  for (const auto& [order, count] : counts) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi_square, 49.7);  // 23 degrees of freedom: exceeded with probability 0.001
}

}  // namespace
}  // namespace vae
