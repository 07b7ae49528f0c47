// Where the time of training goes.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vae {

enum class Phase { data, forward, backward, optimizer, logging };
inline constexpr std::array kPhaseNames = {"data", "forward", "backward", "optimizer", "logging"};

/// Time by phase of the training step, as the processor sees it: on a card, which works behind its back, the
/// phase that waits for it. Costs a comparison a phase while it is off, as it is at first.
class Profile {
 public:
  using Clock = std::chrono::steady_clock;

  /// Measures from now on.
  void measure() { is_on_ = true; }

  bool is_on() const { return is_on_; }

  /// Measures, and keeps the phases of some ten thousand steps for write_trace.
  void record();

  /// work(), its time under `phase`.
  template <class Work>
  decltype(auto) time(Phase phase, const Work& work) {
    const Span span(is_on_ ? this : nullptr, phase);
    return work();
  }

  /// Milliseconds a step since the last call by phase, in one line; a step has one backward pass.
  std::string take_summary();

  /// The recorded phases as a trace that Chrome (chrome://tracing) and Perfetto show. IoError where it cannot
  /// be written.
  void write_trace(const std::filesystem::path& path) const;

 private:
  struct Event {
    Phase phase;
    Clock::time_point begin, end;
  };

  class Span {
   public:
    Span(Profile* profile, Phase phase) : profile_(profile), phase_(phase) {
      if (profile_) begin_ = Clock::now();
    }
    ~Span() {
      if (profile_) profile_->add({phase_, begin_, Clock::now()});
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    Profile* profile_;
    Phase phase_;
    Clock::time_point begin_;
  };

  void add(const Event& event);

  bool is_on_ = false;
  bool records_ = false;
  std::array<Clock::duration, kPhaseNames.size()> sums_ = {};
  int64_t steps_ = 0;
  std::vector<Event> events_;
};

}  // namespace vae
