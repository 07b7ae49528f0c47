#include "core/stop_signal.h"

#include <unistd.h>

#include <array>

namespace vae {
namespace {

constexpr std::array<int, 4> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

// A handler can reach nothing but what has static storage.
volatile std::sig_atomic_t received_signal = 0;
volatile std::sig_atomic_t save_requested = 0;

extern "C" void note_signal(int signal) {
  if (signal == SIGUSR1) {
    save_requested = 1;
    return;
  }
  if (received_signal != 0) _exit(128 + signal);
  received_signal = signal;
}

}  // namespace

StopSignal::StopSignal() {
  received_signal = 0;
  save_requested = 0;
  struct sigaction action = {};
  action.sa_handler = note_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &action, &before_[i]);
    if (kSignals[i] == SIGHUP && before_[i].sa_handler == SIG_IGN) sigaction(SIGHUP, &before_[i], nullptr);
  }
}

StopSignal::~StopSignal() {
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

int StopSignal::received() const { return received_signal; }

bool StopSignal::take_save_request() const {
  if (save_requested == 0) return false;
  save_requested = 0;
  return true;
}

}  // namespace vae
