#include "core/noise.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/card_noise.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

using Draw = std::function<Tensor(Random&, torch::IntArrayRef, const torch::TensorOptions&)>;

struct Noise {
  const char* name;
  Draw draw;
  uint64_t words_per_element;
};

Tensor fair_coins(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  return bernoulli(random, torch::full(shape, 0.5, options));
}

const std::vector<Noise> kNoises = {{"uniform", uniform, kWordsPerUniform},
                                    {"normal", normal, kWordsPerNormal},
                                    {"bernoulli", fair_coins, 1}};

constexpr int64_t kMany = 200'000;

Tensor draw_many(const Draw& draw, torch::ScalarType type = torch::kDouble, int64_t count = kMany) {
  Random random(1, "noise");
  return draw(random, {count}, type);
}

/// P(Z < x), Z standard normal.
Tensor normal_probability(const Tensor& x) { return 0.5 * torch::erfc(-x / std::sqrt(2.0)); }

TEST(Noise, AnElementComesFromItsOwnWordsAlone) {
  for (const auto& [name, draw, words] : kNoises) {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      const Tensor whole = draw_many(draw, type);
      for (const int64_t first : {1, 2, 3, 7, 1000, 4095, 65'537}) {
        Random random(1, "noise");
        random.skip(words * static_cast<uint64_t>(first));
        for (const int64_t count : {1, 3, 5001}) {
          Random copy = random;
          EXPECT_TRUE(torch::equal(draw(copy, {count}, type), whole.narrow(0, first, count)))
              << name << " from " << first << ", " << count << " elements";
        }
      }
    }
  }
}

TEST(Noise, TheShapeOnlyArrangesTheElements) {
  for (const auto& [name, draw, words] : kNoises) {
    Random flat(1, "noise"), shaped(1, "noise");
    EXPECT_TRUE(torch::equal(draw(flat, {2 * 3 * 5}, torch::kFloat).view({2, 3, 5}),
                             draw(shaped, {2, 3, 5}, torch::kFloat)))
        << name;
  }
}

TEST(Noise, StreamsMoveOnByTheWordsThatWereUsed) {
  for (const auto& [name, draw, words] : kNoises) {
    Random drawn(1, "noise"), skipped(1, "noise");
    draw(drawn, {7, 3}, torch::kFloat);
    skipped.skip(21 * words);
    EXPECT_EQ(test::next_words(drawn), test::next_words(skipped)) << name;
  }
}

TEST(Noise, OfNoElementsIsEmptyAndTakesNoWords) {
  for (const auto& [name, draw, words] : kNoises) {
    Random random(1, "noise");
    EXPECT_EQ(draw(random, {0, 3}, torch::kFloat).sizes(), (std::vector<int64_t>{0, 3})) << name;
    EXPECT_EQ(test::next_words(random), test::next_words(Random(1, "noise"))) << name;
  }
}

TEST(Noise, HasTheTypeThatIsAskedFor) {
  for (const auto& [name, draw, words] : kNoises) {
    EXPECT_EQ(draw_many(draw, torch::kFloat).scalar_type(), torch::kFloat) << name;
    EXPECT_EQ(draw_many(draw, torch::kDouble).scalar_type(), torch::kDouble) << name;
  }
}

TEST(Noise, IsTheSameInSingleAndDoublePrecisionButForRounding) {
  for (const auto& [name, draw, words] : kNoises) {
    // A few roundings of numbers up to 6 in 24 bits.
    EXPECT_LT(test::distance(draw_many(draw, torch::kFloat), draw_many(draw, torch::kDouble)), 2e-6) << name;
  }
}

TEST(Noise, LeavesTheDefaultGeneratorAlone) {
  const Tensor before = test::default_generator_state();
  for (const auto& [name, draw, words] : kNoises) draw_many(draw);
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

TEST(Uniform, IsUniform) {
  const Tensor u = draw_many(uniform);
  EXPECT_LT(test::z_score(u, 0.5), test::kStandardErrors);
  EXPECT_LT(test::z_score((u - 0.5).square(), 1.0 / 12), test::kStandardErrors);
  EXPECT_LT(test::kolmogorov_statistic(u), test::kKolmogorovBound);
}

TEST(Uniform, NeighboursAreUncorrelated) {
  const Tensor u = draw_many(uniform) - 0.5;
  EXPECT_LT(test::z_score(u.slice(0, 1) * u.slice(0, 0, -1), 0.0), test::kStandardErrors);
}

// Where the stream has words whose upper 24 bits are all zeros or all ones: about one word in eight million.
struct Extreme {
  uint64_t position;
  uint32_t upper_bits;
};
constexpr Extreme kExtremes[] = {
    {11'448'338, 0x000000}, {64'429'827, 0x000000}, {68'898'339, 0xffffff}, {71'514'264, 0xffffff}};

Random at_extreme(const Extreme& extreme, uint64_t back = 0) {
  Random random(1, "uniform");
  random.skip(extreme.position - back);
  return random;
}

TEST(Uniform, StaysInsideTheOpenIntervalAtTheExtremeWords) {
  for (const Extreme& extreme : kExtremes) {
    ASSERT_EQ(test::next_words(at_extreme(extreme))[0] >> 8, extreme.upper_bits);
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      Random random = at_extreme(extreme);
      const auto u = uniform(random, {1}, type).item<double>();
      EXPECT_GT(u, 0);
      EXPECT_LT(u, 1);
      EXPECT_NEAR(u, extreme.upper_bits == 0 ? 0 : 1, 0x1p-23);
    }
  }
}

TEST(Normal, IsStandardNormal) {
  const Tensor x = draw_many(normal, torch::kDouble, 2'000'000);  // sees 0.5% of the variance
  EXPECT_LT(test::z_score(x, 0.0), test::kStandardErrors);
  EXPECT_LT(test::z_score(x.square(), 1.0), test::kStandardErrors);
  EXPECT_LT(test::z_score(x.pow(3), 0.0), test::kStandardErrors);
  EXPECT_LT(test::z_score(x.pow(4), 3.0), test::kStandardErrors);
  EXPECT_LT(test::kolmogorov_statistic(normal_probability(x)), test::kKolmogorovBound);
}

TEST(Normal, NeighboursAreUncorrelatedInValueAndSize) {
  const Tensor x = draw_many(normal);
  const Tensor size = x.square() - 1;
  EXPECT_LT(test::z_score(x.slice(0, 1) * x.slice(0, 0, -1), 0.0), test::kStandardErrors);
  EXPECT_LT(test::z_score(size.slice(0, 1) * size.slice(0, 0, -1), 0.0), test::kStandardErrors);
}

TEST(Normal, IsFiniteAtTheExtremeWords) {
  for (const Extreme& extreme : kExtremes) {
    for (const uint64_t back : {0u, 1u}) {  // the extreme word comes first or second of the two
      for (const auto type : {torch::kFloat, torch::kDouble}) {
        Random random = at_extreme(extreme, back);
        const auto x = std::abs(normal(random, {1}, type).item<double>());
        EXPECT_LT(x, 6.8) << extreme.position;  // at most 32 bits make the radius: sqrt(-2 log 2^-33) = 6.8
      }
    }
  }
}

TEST(Bernoulli, IsOneWithTheGivenProbability) {
  const Tensor probabilities = test::values({0.02, 0.3, 0.5, 0.97});
  Random random(1, "coins");
  const Tensor draws = bernoulli(random, probabilities.expand({kMany, 4}));
  EXPECT_TRUE(torch::equal(draws, draws.to(torch::kBool).to(torch::kDouble)));
  EXPECT_LT(test::z_score(draws, probabilities), test::kStandardErrors);
}

TEST(Bernoulli, IsCertainAtZeroAndOneEvenAtTheExtremeWords) {
  for (const Extreme& extreme : kExtremes) {
    for (const double probability : {0.0, 1.0}) {
      Random random = at_extreme(extreme);
      EXPECT_EQ(bernoulli(random, torch::full({1}, probability)).item<double>(), probability);
    }
  }
  for (const double probability : {0.0, 1.0}) {
    Random random(1, "coins");
    EXPECT_TRUE((bernoulli(random, torch::full({kMany}, probability)) == probability).all().item<bool>());
  }
}

TEST(Bernoulli, HasShapeAndTypeOfTheProbabilities) {
  Random random(1, "coins");
  const Tensor draws = bernoulli(random, torch::full({2, 3}, 0.5, torch::kDouble));
  EXPECT_EQ(draws.sizes(), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(draws.scalar_type(), torch::kDouble);
}

// A transposed view must get the same draws as the same probabilities laid out anew.
TEST(Bernoulli, ReadsTheProbabilitiesByTheirShapeNotByTheirMemory) {
  const Tensor probabilities = torch::arange(12, torch::kDouble).view({3, 4}).t().div(11).round();
  Random random(1, "coins");
  EXPECT_TRUE(torch::equal(bernoulli(random, probabilities), probabilities));
}

/// A draw of shape [outer, rows, inner] for the rows between others.
using RowDraw = std::function<Tensor(Random&, torch::IntArrayRef, int64_t, const torch::TensorOptions&)>;

TEST(Noise, TheRowsOfABatchGetTheSameWhoeverDrawsThem) {
  constexpr int64_t kRows = 7;
  const std::vector<std::pair<const char*, RowDraw>> draws = {{"uniform", uniform_for_rows},
                                                              {"normal", normal_for_rows}};
  for (const auto& [name, draw] : draws) {
    Random random(1, "noise");
    const Tensor first = draw(random, {3, kRows, 5}, 1, torch::kFloat);
    const Tensor second = draw(random, {3, kRows, 5}, 1, torch::kFloat);
    for (const auto& [begin, end] :
         std::vector<std::pair<int64_t, int64_t>>{{0, 2}, {2, 6}, {6, 7}, {0, 7}}) {
      Random part = Random(1, "noise").between({.before = begin, .behind = kRows - end});
      EXPECT_TRUE(torch::equal(draw(part, {3, end - begin, 5}, 1, torch::kFloat), first.slice(1, begin, end)))
          << name << " of rows " << begin << " to " << end;
      EXPECT_TRUE(
          torch::equal(draw(part, {3, end - begin, 5}, 1, torch::kFloat), second.slice(1, begin, end)))
          << name << ", the second draw";
    }
  }
}

TEST(Noise, CoinsForTheRowsOfABatchAreThoseOfTheWhole) {
  Random random(1, "noise");
  const Tensor odds = torch::linspace(0, 1, 6 * 4).view({6, 4});
  const Tensor whole = bernoulli(random, odds);
  Random part = Random(1, "noise").between({.before = 1, .behind = 3});
  EXPECT_TRUE(torch::equal(bernoulli(part, odds.slice(0, 1, 3)), whole.slice(0, 1, 3)));
}

TEST(Noise, OfAnIndexInATensorIsThatOfTheIndexItHolds) {
  const Tensor index = torch::zeros({}, torch::kLong);
  const Random stream(1, "noise"), followed = following(stream, index);
  for (const int64_t at : {0, 3, 8}) {
    index.fill_(at);
    Random first = followed, second = stream.at(static_cast<uint64_t>(at));
    EXPECT_TRUE(torch::equal(normal(first, {10}, torch::kFloat), normal(second, {10}, torch::kFloat)));
  }
}

TEST(Noise, OfAnIndexOnACardIsThatOfTheIndexItHolds) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no card";
  if (!draws_on(torch::kCUDA)) GTEST_SKIP() << "configured without VAE_CUDA";
  const auto options = torch::TensorOptions(torch::kCUDA).dtype(torch::kFloat);
  const Tensor index = torch::full({}, 3, options.dtype(torch::kLong));
  const Random stream(1, "noise");
  for (const int64_t at : {3, 8}) {
    index.fill_(at);
    Random followed = following(stream, index), here = stream.at(static_cast<uint64_t>(at));
    // The logarithm and the cosine of a card, to some units in the last place of draws below 7.
    EXPECT_LT(test::distance(normal(followed, {1000}, options).cpu(), normal(here, {1000}, torch::kFloat)),
              1e-5);
  }
}

}  // namespace
}  // namespace vae
