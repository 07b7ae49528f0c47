#include "data/observation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr auto kTypes = {torch::kFloat, torch::kDouble};

Tensor every_byte() { return torch::arange(256, torch::kByte); }

Tensor observe_once(const ObservationConfig& observation, const Tensor& bytes,
                    torch::ScalarType type = torch::kDouble) {
  Random random(1, "observation");
  return observe(observation, bytes, type, random);
}

/// x of every byte, many times: [times, 256].
Tensor observe_often(const ObservationConfig& observation) {
  return observe_once(observation, every_byte().expand({20'000, 256}));
}

template <class Row>
class EveryObservation : public testing::Test {};
struct ObservationName {
  template <class Row>
  static std::string GetName(int) {
    return std::string(Row::kType);
  }
};
TYPED_TEST_SUITE(EveryObservation, ObservationConfig::As<testing::Types>, ObservationName);

TYPED_TEST(EveryObservation, KeepsTheShapeAndHasTheTypeThatIsAskedFor) {
  for (const auto type : kTypes) {
    const Tensor x = observe_once(TypeParam{}, every_byte().view({2, 4, 8, 4}), type);
    EXPECT_EQ(x.sizes(), (std::vector<int64_t>{2, 4, 8, 4}));
    EXPECT_EQ(x.scalar_type(), type);
  }
}

TYPED_TEST(EveryObservation, IsInTheUnitInterval) {
  for (const auto type : kTypes) {
    const Tensor x = observe_once(TypeParam{}, every_byte().expand({4000, 256}), type);
    EXPECT_GE(x.min().template item<double>(), 0);
    EXPECT_LE(x.max().template item<double>(), 1);
  }
}

TYPED_TEST(EveryObservation, IsAFunctionOfTheStream) {
  EXPECT_TRUE(torch::equal(observe_often(TypeParam{}), observe_often(TypeParam{})));
}

// Whoever computes a part of a batch skips the words of the rest.
TYPED_TEST(EveryObservation, TakesOneWordAnElementOrNone) {
  Random random(1, "observation"), skipped(1, "observation");
  const Tensor whole = observe(TypeParam{}, every_byte(), torch::kDouble, random);
  const bool draws = test::next_words(random) != test::next_words(skipped);
  if (draws) skipped.skip(100);
  EXPECT_TRUE(torch::equal(observe(TypeParam{}, every_byte().slice(0, 100), torch::kDouble, skipped),
                           whole.slice(0, 100)));
  EXPECT_EQ(test::next_words(skipped), test::next_words(random));
}

TYPED_TEST(EveryObservation, LeavesTheDefaultGeneratorAlone) {
  const Tensor before = test::default_generator_state();
  observe_once(TypeParam{}, every_byte());
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

TEST(PlainObservation, IsTheByteOver255) {
  for (const auto type : kTypes) {
    const Tensor x = observe_once(PlainObservation{}, every_byte(), type);
    for (int64_t k = 0; k < 256; ++k) {
      const double expected = static_cast<double>(k) / 255;
      if (type == torch::kDouble) {
        EXPECT_DOUBLE_EQ(x[k].item<double>(), expected);
      } else {
        EXPECT_FLOAT_EQ(x[k].item<float>(), static_cast<float>(expected));
      }
    }
  }
}

TEST(Threshold, IsOneAboveItAndZeroAtItAndBelow) {
  for (const auto type : kTypes) {
    for (const int k : {0, 1, 50, 51, 102, 127, 128, 204, 254, 255}) {
      const Tensor x = observe_once(Binarize{.threshold = k / 255.0}, every_byte(), type);
      EXPECT_TRUE(torch::equal(x, (every_byte() > k).to(type))) << "threshold " << k << " / 255, " << type;
    }
  }
}

TEST(Threshold, OfAHalfIsBetween127And128) {
  EXPECT_TRUE(torch::equal(observe_once(Binarize{.threshold = 0.5}, every_byte()),
                           (every_byte() >= 128).to(torch::kDouble)));
}

TEST(Threshold, DrawsNothing) {
  Random random(1, "observation");
  observe(Binarize{.threshold = 0.5}, every_byte(), torch::kFloat, random);
  EXPECT_EQ(test::next_words(random), test::next_words(Random(1, "observation")));
}

TEST(Binarize, IsOneWithTheByteAsItsProbability) {
  const Tensor x = observe_often(Binarize{});
  EXPECT_TRUE(((x == 0) | (x == 1)).all().item<bool>());
  const Tensor probability = every_byte().to(torch::kDouble) / 255;
  EXPECT_LT(test::z_score(x.slice(1, 1, 255), probability.slice(0, 1, 255)), test::kStandardErrors);
  EXPECT_EQ(x.select(1, 0).max().item<double>(), 0) << "black is certain";
  EXPECT_EQ(x.select(1, 255).min().item<double>(), 1) << "white is certain";
}

TEST(Dequantize, IsUniformInTheCellOfTheByte) {
  const Tensor u = 256 * observe_often(Dequantize{}) - every_byte().to(torch::kDouble);
  EXPECT_GT(u.min().item<double>(), 0);
  EXPECT_LT(u.max().item<double>(), 1);
  EXPECT_LT(test::z_score(u, 0.5), test::kStandardErrors);
  EXPECT_LT(test::z_score((u - 0.5).square(), 1.0 / 12), test::kStandardErrors);
}

TEST(Dequantize, LosesNoCellInSinglePrecision) {
  const Tensor x = observe_once(Dequantize{}, every_byte().expand({20'000, 256}), torch::kFloat);
  // (255 + u) / 256 has 16 bits for u, and the largest rounds to the cell's border, not beyond.
  EXPECT_TRUE(
      torch::equal((256 * x).clamp_max(255.5).slice(1, 255).floor(), torch::full({20'000, 1}, 255.F)));
  EXPECT_LE(x.max().item<float>(), 1);
  EXPECT_LT((256 * x - every_byte().to(torch::kFloat)).max().item<float>(), 1 + 1e-6);
  EXPECT_GE((256 * x - every_byte().to(torch::kFloat)).min().item<float>(), 0);
}

}  // namespace
}  // namespace vae
