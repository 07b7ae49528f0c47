#include "cli/progress_panel.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "core/duration.h"

namespace vae {
namespace {

constexpr size_t kNarrow = 56;  // columns below which bars tell nothing
constexpr size_t kWidestBar = 40;
constexpr size_t kWidestCurve = 24;
constexpr size_t kLabel = 7;  // "epoch  "

constexpr std::string_view kAccent = "\033[36m", kFaint = "\033[2m", kWarning = "\033[33m",
                           kPlain = "\033[0m";

constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 8> kAsciiBlocks = {"_", ".", "-", "~", "=", "+", "*", "#"};

std::string repeated(std::string_view piece, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += piece;
  return text;
}

std::string painted(std::string_view text, std::string_view colour, const TerminalStyle& style) {
  return style.has_colour ? fmt::format("{}{}{}", colour, text, kPlain) : std::string(text);
}

std::string bar(double share, size_t width, const TerminalStyle& style) {
  const auto full = static_cast<size_t>(std::floor(std::clamp(share, 0.0, 1.0) * static_cast<double>(width)));
  const std::string_view piece = style.has_unicode ? "━" : "=";
  // Without colour what is done and what is not must look different by itself.
  const std::string_view rest = style.has_unicode && style.has_colour ? "━" : style.has_unicode ? "┈" : ".";
  return painted(repeated(piece, full), kAccent, style) +
         painted(repeated(rest, width - full), kFaint, style);
}

/// The beginning of a text of UTF-8 in so many characters.
std::string shortened(const std::string& text, size_t characters) {
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && seen++ == characters) return text.substr(0, i);
  }
  return text;
}

std::string bar_line(std::string_view label, double share, std::string_view text,
                     const TerminalStyle& style) {
  constexpr size_t kShare = 8;  // " 100 %  "
  const size_t taken = kLabel + kShare + text.size() + 1;
  const size_t room = style.columns > taken ? style.columns - taken : 0;
  return fmt::format("{:<{}}{} {:>3.0f} %  {}", label, kLabel, bar(share, std::min(room, kWidestBar), style),
                     std::floor(100 * share), text);
}

std::string numbers_line(const RunProgress& progress, std::span<const double> elbos,
                         const TerminalStyle& style) {
  const std::string text = fmt::format("{:<{}}{:.2f}  reconstruction {:.2f}  KL {:.2f}  ", "ELBO", kLabel,
                                       elbos.back(), progress.latest.reconstruction, progress.latest.kl);
  if (text.size() + 1 >= style.columns) return shortened(text, style.columns - 1);
  const size_t room = std::min(style.columns - 1 - text.size(), kWidestCurve);
  return text + painted(sparkline(elbos, room, style.has_unicode), kAccent, style);
}

double share_of(int64_t done, int64_t all) {
  return all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0;
}

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// The first of these that is set decides (POSIX, Environment Variables, 8.2).
bool locale_is_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(variable)) continue;
    const std::string_view locale = std::getenv(variable);
    return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos;
  }
  return false;
}

}  // namespace

TerminalStyle terminal_style() {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {.columns = known ? size.ws_col : size_t{80},
          .has_colour = !is_set("NO_COLOR"),
          .has_unicode = locale_is_utf8()};
}

std::string sparkline(std::span<const double> values, size_t width, bool has_unicode) {
  const auto newest = values.last(std::min(values.size(), width));
  if (newest.empty()) return "";
  const auto [low, high] = std::minmax_element(newest.begin(), newest.end());
  const double range = *high - *low;
  const auto& blocks = has_unicode ? kBlocks : kAsciiBlocks;
  std::string text;
  for (const double value : newest) {
    const double height = range > 0 ? (value - *low) / range : 0;
    text += blocks[static_cast<size_t>(std::lround(height * static_cast<double>(blocks.size() - 1)))];
  }
  return text;
}

std::string format_progress(const RunProgress& progress) {
  std::string line = fmt::format("epoch {}/{}  batch {}/{}", progress.epoch, progress.epochs, progress.batch,
                                 progress.batches);
  if (progress.pictures_per_second > 0) {
    line += fmt::format("  objective {:.2f}  reconstruction {:.2f}  KL {:.2f}  {:.0f} pictures/s  {} left",
                        progress.latest.objective, progress.latest.reconstruction, progress.latest.kl,
                        progress.pictures_per_second, format_duration(progress.seconds_left));
  }
  return line;
}

std::vector<std::string> progress_panel(const RunProgress& progress, std::span<const double> elbos,
                                        const std::string& warning, const TerminalStyle& style) {
  if (style.columns < kNarrow) return {format_progress(progress).substr(0, style.columns - 1)};
  const int64_t steps = progress.epochs * progress.batches;
  const int64_t done = (progress.epoch - 1) * progress.batches + progress.batch;
  const std::string left = progress.pictures_per_second > 0
                               ? fmt::format("{:.0f} pictures/s, {} left", progress.pictures_per_second,
                                             format_duration(progress.seconds_left))
                               : "";
  std::vector<std::string> lines = {bar_line("epoch", share_of(progress.batch, progress.batches),
                                             fmt::format("{}/{}, batch {}/{}", progress.epoch,
                                                         progress.epochs, progress.batch, progress.batches),
                                             style),
                                    bar_line("run", share_of(done, steps), left, style)};
  if (!elbos.empty()) lines.push_back(numbers_line(progress, elbos, style));
  if (!warning.empty()) {
    lines.push_back(painted(shortened("warning: " + warning, style.columns - 1), kWarning, style));
  }
  return lines;
}

}  // namespace vae
