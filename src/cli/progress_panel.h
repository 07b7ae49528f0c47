// The panel that a terminal shows during training, as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "training/run.h"

namespace vae {

/// What a terminal can show.
struct TerminalStyle {
  size_t columns = 80;
  bool has_colour = false;
  bool has_unicode = false;
};

/// From the environment: no colour where NO_COLOR is set (no-color.org), Unicode where the locale's
/// characters are UTF-8. The width is that of stderr now.
TerminalStyle terminal_style();

/// Bars of the epoch and of the run with what is left, the newest numbers with a curve of the ELBO, and the
/// last warning where there is one. No line is wider than the style's columns less one; a terminal too narrow
/// for bars gets one line.
std::vector<std::string> progress_panel(const RunProgress& progress, std::span<const double> elbos,
                                        const std::string& warning, const TerminalStyle& style);

/// One line on where training is, without an end of line.
std::string format_progress(const RunProgress& progress);

/// Values as a row of bars of eight heights, the newest last, at most `width` of them.
std::string sparkline(std::span<const double> values, size_t width, bool has_unicode);

}  // namespace vae
