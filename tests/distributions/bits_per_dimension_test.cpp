#include "distributions/bits_per_dimension.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vae {
namespace {

TEST(BitsPerDimension, OfLevelsAreTheirCodeLength) {
  // A uniform choice among 256 levels: 8 bits each.
  const auto bits = bits_per_dimension(BaseMeasure::levels, PlainObservation{}, -12 * std::log(256), 12);
  ASSERT_TRUE(bits.has_value());
  EXPECT_NEAR(bits->value, 8, 1e-14);
  EXPECT_EQ(bits->of, "8-bit pixels");
}

TEST(BitsPerDimension, OfDequantisedPixelsCountTheWidthOfALevel) {
  // The uniform density on [0, 1] is 8 bits a level as well.
  const auto bits = bits_per_dimension(BaseMeasure::density, Dequantize{}, 0, 12);
  ASSERT_TRUE(bits.has_value());
  EXPECT_EQ(bits->value, 8);
  EXPECT_NE(bits->of.find("upper bound"), std::string_view::npos);
  EXPECT_NEAR(bits_per_dimension(BaseMeasure::density, Dequantize{}, 12 * std::log(2), 12)->value, 7, 1e-14);
}

TEST(BitsPerDimension, AreNotDefinedForOtherDataOrMeasures) {
  for (const ObservationConfig& observation :
       {ObservationConfig(PlainObservation{}), ObservationConfig(Binarize{}),
        ObservationConfig(Dequantize{})}) {
    for (const auto measure : {BaseMeasure::binary, BaseMeasure::mixed, BaseMeasure::coarse_levels}) {
      EXPECT_FALSE(bits_per_dimension(measure, observation, -1, 12).has_value());
    }
  }
  EXPECT_FALSE(bits_per_dimension(BaseMeasure::density, PlainObservation{}, -1, 12).has_value());
  EXPECT_FALSE(bits_per_dimension(BaseMeasure::density, Binarize{}, -1, 12).has_value());
}

}  // namespace
}  // namespace vae
