#include "cli/progress_display.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string_view>

#include "core/duration.h"
#include "core/log.h"

namespace vae {
namespace {

constexpr auto kTerminalInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(30);  // a sign of life in a long epoch
constexpr std::string_view kEraseLine = "\r\033[K";

size_t terminal_width() {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string format_progress(const Progress& progress) {
  std::string line = fmt::format("epoch {}/{}  batch {}/{}", progress.epoch, progress.epochs, progress.batch,
                                 progress.batches);
  if (progress.pictures_per_second > 0) {
    line += fmt::format("  objective {:.2f}  reconstruction {:.2f}  KL {:.2f}  {:.0f} pictures/s  {} left",
                        progress.latest.objective, progress.latest.reconstruction, progress.latest.kl,
                        progress.pictures_per_second, format_duration(progress.seconds_left));
  }
  return line;
}

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

ProgressDisplay::ProgressDisplay() : is_terminal_(stderr_can_erase_lines()), last_shown_(Clock::now()) {}

ProgressDisplay::~ProgressDisplay() {
  if (is_terminal_) fmt::print(stderr, "{}", kEraseLine);
}

void ProgressDisplay::on_step(const Progress& progress) {
  const auto now = Clock::now();
  if (now - last_shown_ <
      (is_terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval)))
    return;
  last_shown_ = now;
  const std::string line = format_progress(progress);
  if (!is_terminal_) return spdlog::info(line);
  fmt::print(stderr, "{}{}", kEraseLine, line.substr(0, terminal_width() - 1));
  std::fflush(stderr);
}

void ProgressDisplay::on_epoch(const EpochReport& report) {
  spdlog::info(format_epoch(report));
  last_shown_ = Clock::now();
}

}  // namespace vae
