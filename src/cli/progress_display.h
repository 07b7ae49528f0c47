// What a training shows on stderr: a line an epoch, and in a terminal a live panel below.
#pragma once

#include <spdlog/common.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "training/run.h"

namespace vae {

class WarningSink;

class ProgressDisplay : public RunObserver {
 public:
  ProgressDisplay();
  ~ProgressDisplay() override;  // leaves the terminal as it was
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void on_step(const RunProgress& progress) override;
  void on_epoch(const EpochReport& report) override;

 private:
  using Clock = std::chrono::steady_clock;

  void remember(const RunProgress& progress);
  void show_panel(const RunProgress& progress);

  bool is_terminal_;
  Clock::time_point last_shown_;
  double last_objective_ = 0;
  std::vector<double> elbos_;  // of the last rows of metrics
  std::shared_ptr<WarningSink> warnings_;
};

/// One line on a finished epoch.
std::string format_epoch(const EpochReport& report);

}  // namespace vae
