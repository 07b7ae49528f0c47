// Asking a long computation to end.
#pragma once

#include <array>
#include <csignal>

namespace vae {

/// While it lives, SIGINT, SIGTERM and SIGHUP are noted instead of ending the process, so that it can save
/// first. A second one ends it at once with 128 + n. At most one may live at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// The number of the signal that came, or 0.
  int received() const;

 private:
  std::array<struct sigaction, 3> before_;
};

}  // namespace vae
