#include "config/fields.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vae {

TEST(Interval, ContainsWhatItsTextSays) {
  const double above = std::nextafter(1.0, 2.0);
  const double below = std::nextafter(1.0, 0.0);
  const double tiny = std::numeric_limits<double>::denorm_min();

  EXPECT_EQ(positive.text(), "> 0");
  EXPECT_TRUE(positive.contains(tiny));
  EXPECT_FALSE(positive.contains(0.0));

  EXPECT_EQ(non_negative.text(), ">= 0");
  EXPECT_TRUE(non_negative.contains(0.0));
  EXPECT_FALSE(non_negative.contains(-tiny));

  EXPECT_EQ(at_least(1).text(), ">= 1");
  EXPECT_TRUE(at_least(1).contains(1.0));
  EXPECT_FALSE(at_least(1).contains(below));

  EXPECT_EQ(closed(0, 1).text(), "in [0, 1]");
  EXPECT_TRUE(closed(0, 1).contains(0.0) && closed(0, 1).contains(1.0));
  EXPECT_FALSE(closed(0, 1).contains(-tiny) || closed(0, 1).contains(above));

  EXPECT_EQ(open(0, 1).text(), "in (0, 1)");
  EXPECT_TRUE(open(0, 1).contains(tiny) && open(0, 1).contains(below));
  EXPECT_FALSE(open(0, 1).contains(0.0) || open(0, 1).contains(1.0));

  EXPECT_EQ(half_open(0, 0.5).text(), "in [0, 0.5)");
  EXPECT_TRUE(half_open(0, 0.5).contains(0.0));
  EXPECT_FALSE(half_open(0, 0.5).contains(0.5));
}

TEST(Fields, ConstraintsAreAllowedWhereTheyMakeSense) {
  EXPECT_TRUE((detail::Constrains<Interval, double>));
  EXPECT_TRUE((detail::Constrains<Interval, detail::Constrained<std::vector<std::optional<int64_t>>>::type>));
  EXPECT_FALSE((detail::Constrains<Interval, bool>));
  EXPECT_FALSE((detail::Constrains<Interval, std::string>));
  EXPECT_TRUE((detail::Constrains<Choice<2>, std::string>));
  EXPECT_FALSE((detail::Constrains<Choice<2>, double>));
}

}  // namespace vae
