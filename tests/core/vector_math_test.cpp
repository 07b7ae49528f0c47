#include "core/vector_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace vae {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Largest error over points between `low` and `high`, in units in the last place of the exact value.
double largest_error(const std::function<float(float)>& ours, const std::function<double(double)>& exact,
                     float low, float high) {
  constexpr int kPoints = 200'001;
  double largest = 0;
  for (int i = 0; i < kPoints; ++i) {
    const float x = low + (high - low) * static_cast<float>(i) / (kPoints - 1);
    const double expected = exact(static_cast<double>(x));
    const auto rounded = std::abs(static_cast<float>(expected));
    const double unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
    largest = std::max(largest, std::abs(static_cast<double>(ours(x)) - expected) / unit);
  }
  return largest;
}

TEST(VectorMath, ExpIsWithinTwoUnits) {
  const auto exp = [](double x) { return std::exp(x); };
  EXPECT_LE(largest_error(exp_of, exp, -87, 88), 2);
  EXPECT_LE(largest_error(exp_of, exp, -1, 1), 2);
}

TEST(VectorMath, ExpEndsWhereFloatDoes) {
  EXPECT_EQ(exp_of(0), 1);
  EXPECT_EQ(exp_of(-1000), 0);
  EXPECT_EQ(exp_of(-std::numeric_limits<float>::infinity()), 0);
  EXPECT_TRUE(std::isnan(exp_of(kNan)));
}

TEST(VectorMath, LogOfOneAndMoreIsWithinThreeUnits) {
  const auto log1p = [](double x) { return std::log1p(x); };
  EXPECT_LE(largest_error(log1p_of, log1p, 0, 1), 3);
  EXPECT_LE(largest_error(log1p_of, log1p, 1e-12F, 1e-5F), 3);
  EXPECT_LE(largest_error(log1p_of, log1p, 1, 1e6F), 3);
  EXPECT_TRUE(std::isnan(log1p_of(kNan)));
}

TEST(VectorMath, LogIsWithinTwoUnits) {
  const auto log = [](double x) { return std::log(x); };
  EXPECT_LE(largest_error(log_of, log, 0x1p-33F, 1e-6F), 2);
  EXPECT_LE(largest_error(log_of, log, 1e-6F, 0.5F), 2);
  EXPECT_LE(largest_error(log_of, log, 0.5F, 1), 2);
  EXPECT_LE(largest_error(log_of, log, 1, 100), 2);
  EXPECT_EQ(log_of(1), 0);
}

TEST(VectorMath, CosOfTurnsIsWithinThreeUnits) {
  const auto cos = [](double t) {
    // The nearest zero, where cos(2 pi t) in double would cancel.
    const double zero = t < 0.5 ? 0.25 : 0.75;
    return std::sin((t < 0.5 ? zero - t : t - zero) * 2 * std::numbers::pi);
  };
  EXPECT_LE(largest_error(cos_of_turns, cos, 0, 1), 3);
  EXPECT_LE(largest_error(cos_of_turns, cos, 0.2499F, 0.2501F), 3);
  EXPECT_LE(largest_error(cos_of_turns, cos, 0.7499F, 0.7501F), 3);
}

TEST(VectorMath, TanhIsWithinThreeUnits) {
  const auto tanh = [](double x) { return std::tanh(x); };
  EXPECT_LE(largest_error(tanh_of, tanh, -10, 10), 3);
  EXPECT_LE(largest_error(tanh_of, tanh, -1e-3F, 1e-3F), 3);
  EXPECT_EQ(tanh_of(1e30F), 1);
  EXPECT_EQ(tanh_of(-1e30F), -1);
  EXPECT_TRUE(std::isnan(tanh_of(kNan)));
}

}  // namespace
}  // namespace vae
