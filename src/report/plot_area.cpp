#include "report/plot_area.h"

#include <fmt/format.h>

#include "report/html.h"

namespace vae {
namespace {

constexpr int kTicksAcross = 6;
constexpr int kTicksUp = 5;

double step_of(const std::vector<double>& ticks) { return ticks.size() > 1 ? ticks[1] - ticks[0] : 1; }

}  // namespace

double PlotArea::to_x(double value) const { return left + inner_width() * (value - x.low) / x.size(); }

double PlotArea::to_y(double value) const { return top + inner_height() * (y.high - value) / y.size(); }

std::string PlotArea::open(const std::string& description) const {
  return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", width, height,
                     escaped(description));
}

std::string PlotArea::y_axis(const std::string& label) const {
  std::string svg;
  const std::vector<double> marks = ticks(y, kTicksUp);
  for (const double mark : marks) {
    const double at = to_y(mark);
    svg += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)", left,
                       width - right, at, at);
    svg += fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", left - 8,
                       at + 4, tick_label(mark, step_of(marks)));
  }
  return svg +
         fmt::format(
             R"(<text class="label" text-anchor="middle" transform="translate(14 {:.1f}) rotate(-90) ">{}</text>)",
             top + inner_height() / 2, escaped(label));
}

std::string PlotArea::x_label(const std::string& label) const {
  return fmt::format(R"(<text class="label" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                     left + inner_width() / 2, height - 6, escaped(label));
}

std::string PlotArea::axes(const std::string& x_name, const std::string& y_name) const {
  std::string svg = y_axis(y_name);
  const std::vector<double> marks = ticks(x, kTicksAcross);
  for (const double mark : marks) {
    const double at = to_x(mark);
    svg += fmt::format(R"(<line class="tickmark" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)", at, at,
                       height - bottom, height - bottom + 5);
    svg += fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", at,
                       height - bottom + 18, tick_label(mark, step_of(marks)));
  }
  return svg + x_label(x_name);
}

}  // namespace vae
