#include "cli/progress_display.h"

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <string_view>

#include "cli/progress_panel.h"
#include "core/log.h"
#include "core/one_line.h"

namespace vae {
namespace {

constexpr auto kTerminalInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(30);  // a sign of life in a long epoch
constexpr size_t kRemembered = 256;                        // values of the curve

}  // namespace

/// Keeps the last warning: what is logged scrolls away.
class WarningSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  WarningSink() { set_level(spdlog::level::warn); }

  std::string last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    last_ = on_one_line({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  std::string last_;
};

std::string format_epoch(const EpochReport& report) {
  std::string line =
      fmt::format("epoch {}/{}  train: objective {:.2f}, reconstruction {:.2f}, KL {:.2f}", report.epoch,
                  report.epochs, report.train.objective, report.train.reconstruction, report.train.kl);
  if (report.validation) {
    line += fmt::format("  validation: {} {:.2f}, reconstruction {:.2f}, KL {:.2f}{}",
                        bound_name(report.validation->samples), report.validation->bound(),
                        report.validation->reconstruction, report.validation->kl,
                        report.is_best ? " (best)" : "");
  }
  return line + fmt::format("  {:.1f} s", report.seconds);
}

ProgressDisplay::ProgressDisplay()
    : is_terminal_(stderr_can_erase_lines()),
      last_shown_(Clock::now()),
      warnings_(std::make_shared<WarningSink>()) {
  spdlog::default_logger()->sinks().push_back(warnings_);
}

ProgressDisplay::~ProgressDisplay() {
  std::erase(spdlog::default_logger()->sinks(), warnings_);
  if (is_terminal_) fmt::print(stderr, "{}", kEraseBelow);
}

void ProgressDisplay::on_step(const RunProgress& progress) {
  remember(progress);
  const auto now = Clock::now();
  if (now - last_shown_ <
      (is_terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval)))
    return;
  last_shown_ = now;
  if (!is_terminal_) return spdlog::info(format_progress(progress));
  show_panel(progress);
}

void ProgressDisplay::on_epoch(const EpochReport& report) {
  spdlog::info(format_epoch(report));
  // The line has erased a terminal's panel: counted from here, short epochs would put it off for ever.
  if (!is_terminal_) last_shown_ = Clock::now();
}

// A row of metrics is new where its objective is another.
void ProgressDisplay::remember(const RunProgress& progress) {
  if (progress.pictures_per_second <= 0 || progress.latest.objective == last_objective_) return;
  last_objective_ = progress.latest.objective;
  if (elbos_.size() == kRemembered) elbos_.erase(elbos_.begin());
  elbos_.push_back(progress.latest.reconstruction - progress.latest.kl);
}

// The cursor goes back to the panel's first line: whatever is printed next, here or by a shell, goes there.
void ProgressDisplay::show_panel(const RunProgress& progress) {
  constexpr std::string_view kEraseRest = "\033[K";
  const std::vector<std::string> lines =
      progress_panel(progress, elbos_, warnings_->last(), terminal_style());
  std::string text = "\r";
  for (size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    text += kEraseRest;
    if (i + 1 < lines.size()) text += '\n';
  }
  text += "\033[J\r";
  if (lines.size() > 1) text += fmt::format("\033[{}A", lines.size() - 1);
  fmt::print(stderr, "{}", text);
  std::fflush(stderr);
}

}  // namespace vae
