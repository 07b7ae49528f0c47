#include "training/profile.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/temporary_folder.h"

namespace vae {
namespace {

void sleep() { std::this_thread::sleep_for(std::chrono::milliseconds(4)); }

TEST(Profile, GivesEachPhaseItsShareOfAStep) {
  Profile profile;
  profile.measure();
  for (int step = 0; step < 2; ++step) {
    profile.time(Phase::forward, sleep);
    profile.time(Phase::backward, [] {});
  }
  const std::string summary = profile.take_summary();
  double total = 0, forward = 0;
  ASSERT_EQ(
      std::sscanf(summary.c_str(), "a step took %lf ms: data 0.000 (0 %%), forward %lf", &total, &forward), 2)
      << summary;
  EXPECT_GE(forward, 4);  // a step's, not that of both
  EXPECT_LE(forward, total);
}

TEST(Profile, BeginsAnewAfterEachSummary) {
  Profile profile;
  profile.measure();
  profile.time(Phase::forward, sleep);
  profile.take_summary();
  EXPECT_TRUE(profile.take_summary().starts_with("a step took 0.000 ms"));
}

TEST(Profile, MeasuresNothingUnlessAsked) {
  Profile profile;
  EXPECT_EQ(profile.time(Phase::forward, [] { return 7; }), 7);
  EXPECT_TRUE(profile.take_summary().starts_with("a step took 0.000 ms"));
}

TEST(Profile, WritesATraceInTheOrderOfTheWork) {
  const test::TemporaryFolder folder;
  Profile profile;
  profile.record();
  profile.time(Phase::data, sleep);
  profile.time(Phase::forward, [] {});
  profile.write_trace(folder.path() / "trace.json");
  const auto trace = nlohmann::json::parse(std::ifstream(folder.path() / "trace.json"));
  const auto& events = trace["traceEvents"];
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0]["name"], "data");
  EXPECT_EQ(events[0]["ts"], 0.0);
  EXPECT_GE(events[0]["dur"], 4000.0);  // microseconds
  EXPECT_EQ(events[1]["name"], "forward");
  EXPECT_GE(events[1]["ts"], events[0]["dur"]);
}

}  // namespace
}  // namespace vae
