// What a training shows on stderr: a line an epoch, and in a terminal a live line below.
#pragma once

#include <chrono>
#include <string>

#include "training/run.h"

namespace vae {

class ProgressDisplay : public RunObserver {
 public:
  ProgressDisplay();
  ~ProgressDisplay() override;  // leaves the terminal as it was
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void on_step(const Progress& progress) override;
  void on_epoch(const EpochReport& report) override;

 private:
  using Clock = std::chrono::steady_clock;

  bool is_terminal_;
  Clock::time_point last_shown_;
};

/// One line on where training is, without an end of line.
std::string format_progress(const Progress& progress);

/// One line on a finished epoch.
std::string format_epoch(const EpochReport& report);

}  // namespace vae
