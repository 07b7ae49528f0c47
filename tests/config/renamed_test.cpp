#include "config/renamed.h"

#include "config/bind.h"
#include "core/error.h"
#include "support/throws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>
#include <sstream>

namespace vae::test {

struct StepConfig {
  static constexpr std::string_view kType = "step";
  static constexpr std::string_view kHelp = "";
  double factor = 0.5;
  bool operator==(const StepConfig&) const = default;
};

inline constexpr auto fields(Tag<StepConfig>) {
  return std::tuple{field("factor", &StepConfig::factor, positive, "")};
}
inline constexpr auto renamed(Tag<StepConfig>) { return std::array{Renamed{"gamma", "factor"}}; }

/// "optimizer" and "lr" are old names.
struct RateConfig {
  double learning_rate = 1;
  OneOf<StepConfig> schedule;
  bool operator==(const RateConfig&) const = default;
};

inline constexpr auto fields(Tag<RateConfig>) {
  return std::tuple{field("learning_rate", &RateConfig::learning_rate, positive, ""),
                    field("schedule", &RateConfig::schedule, "")};
}
inline constexpr auto renamed(Tag<RateConfig>) { return std::array{Renamed{"lr", "learning_rate"}}; }

struct RenamedConfig {
  RateConfig rate;
  bool operator==(const RenamedConfig&) const = default;
};

inline constexpr auto fields(Tag<RenamedConfig>) {
  return std::tuple{field("rate", &RenamedConfig::rate, "")};
}
inline constexpr auto renamed(Tag<RenamedConfig>) { return std::array{Renamed{"optimizer", "rate"}}; }

class RenamedKeys : public testing::Test {
 protected:
  RenamedKeys() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", std::move(sink)));
  }
  ~RenamedKeys() override { spdlog::set_default_logger(before_); }

  double rate_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return parse<RenamedConfig>(text, "old.json", overrides).rate.learning_rate;
  }
  size_t warnings() const {
    const std::string text = log_.str();
    return static_cast<size_t>(std::ranges::count(text, '\n'));
  }

  std::ostringstream log_;

 private:
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST_F(RenamedKeys, AreTakenWithAWarningThatNamesTheNewOne) {
  EXPECT_EQ(rate_of("{\"rate\":\n {\"lr\": 3}}"), 3);
  EXPECT_THAT(log_.str(), testing::HasSubstr("old.json:2: rate.lr: is called learning_rate now"));
  EXPECT_EQ(warnings(), 1U);
}

TEST_F(RenamedKeys, AreTakenOnTheWayToOthersAndInsideOfAlternatives) {
  const auto config = parse<RenamedConfig>(
      R"({"optimizer": {"lr": 3, "schedule": {"type": "step", "gamma": 0.1}}})", "old.json");
  EXPECT_EQ(config.rate.learning_rate, 3);
  EXPECT_EQ(config.rate.schedule.get_if<StepConfig>()->factor, 0.1);
  EXPECT_EQ(warnings(), 3U);
}

TEST_F(RenamedKeys, AreTakenInOverrides) {
  EXPECT_EQ(rate_of("{}", {"rate.lr=4"}), 4);
  EXPECT_EQ(rate_of("{}", {"optimizer.lr=5"}), 5);
  EXPECT_EQ(rate_of(R"({"optimizer": {"lr": 3}})", {"optimizer.lr=6"}), 6);
}

TEST_F(RenamedKeys, AreRefusedBesideTheirNewNames) {
  EXPECT_TRUE(throws<UsageError>([&] { rate_of(R"({"rate": {"lr": 3, "learning_rate": 3}})"); },
                                 {"old.json:1", "rate.lr", "learning_rate", "remove one"}));
  EXPECT_TRUE(throws<UsageError>([&] { rate_of(R"({"rate": {}})", {"optimizer.lr=5"}); }, {"--set", "rate"}));
}

TEST_F(RenamedKeys, AreNotWrittenAndNotInTheSchema) {
  EXPECT_THAT(dump(RenamedConfig()), testing::Not(testing::HasSubstr("\"lr\"")));
  EXPECT_THAT(schema<RenamedConfig>("x"), testing::Not(testing::HasSubstr("\"lr\"")));
}

TEST_F(RenamedKeys, UnderTheirNewNamesNeedNoWarning) {
  EXPECT_EQ(rate_of(R"({"rate": {"learning_rate": 3}})"), 3);
  EXPECT_EQ(warnings(), 0U);
}

}  // namespace vae::test
