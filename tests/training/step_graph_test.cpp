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

TEST(StepGraph, RunsNothingWhereAStepCannotBeRecorded) {
  std::string log;
  StepGraph graph(std::make_unique<WrittenDown>(log, "a copy from the host"));
  const auto step = [&] { log += 's'; };
  for (int i = 0; i < 3; ++i) graph.run(step);
  EXPECT_THROW(graph.run(step), c10::Error);
  EXPECT_EQ(log, "wswswsr");
}

TEST(StepGraph, HasNoRecorderForTheProcessor) { EXPECT_EQ(make_recorder(torch::kCPU), nullptr); }

}  // namespace
}  // namespace vae
