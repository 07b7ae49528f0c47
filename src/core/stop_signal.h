// Asking a long computation to save, or to save and end.
#pragma once

#include <array>
#include <csignal>

namespace vae {

/// While it lives, SIGINT, SIGTERM and SIGHUP are noted instead of ending the process, so that it can save
/// first; a second one ends it at once with 128 + n. SIGUSR1 asks it to save and go on. A SIGHUP that was
/// ignored before stays so: that is what nohup is for. At most one may live at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// The number of the signal that came, or 0.
  int received() const;

  /// Whether a SIGUSR1 came since the last call.
  bool take_save_request() const;

 private:
  std::array<struct sigaction, 4> before_;
};

}  // namespace vae
