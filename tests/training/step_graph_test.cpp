#include "training/step_graph.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <string>

namespace vae {
namespace {

/// Writes down what is asked of it; what it records it runs when it is replayed.
class WrittenDown : public Recorder {
 public:
  explicit WrittenDown(std::string& log, const char* refuses = nullptr) : log_(log), refuses_(refuses) {}

  void warm_up(const std::function<void()>& work) override {
    log_ += 'w';
    work();
  }
  void record(const std::function<void()>& work) override {
    log_ += 'r';
    if (refuses_) TORCH_CHECK(false, refuses_);
    work_ = work;
  }
  void replay() override {
    log_ += 'p';
    work_();
  }

 private:
  std::string& log_;
  const char* refuses_;
  std::function<void()> work_;
};

TEST(StepGraph, RecordsAfterThreeStepsAndReplaysFromThenOn) {
  std::string log;
  StepGraph graph(std::make_unique<WrittenDown>(log));
  for (int step = 0; step < 6; ++step) graph.run([&] { log += 's'; });
  EXPECT_EQ(log, "wswswsrpspsps");
}

TEST(StepGraph, GoesOnWithoutWhereAStepCannotBeRecorded) {
  std::string log;
  StepGraph graph(std::make_unique<WrittenDown>(log, "a copy from the host"));
  for (int step = 0; step < 6; ++step) graph.run([&] { log += 's'; });
  EXPECT_EQ(log, "wswswsrsss");
}

TEST(StepGraph, RunsEveryStepAsItIsOnTheProcessor) {
  std::string log;
  StepGraph graph(make_recorder(torch::kCPU));
  for (int step = 0; step < 5; ++step) graph.run([&] { log += 's'; });
  EXPECT_EQ(log, "sssss");
}

}  // namespace
}  // namespace vae
