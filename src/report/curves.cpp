#include "report/curves.h"

#include <cmath>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "report/charts.h"
#include "report/sections.h"

namespace vae {
namespace {

/// A number of a row, where it has it.
using Measure = std::function<std::optional<double>(const MetricsRow&)>;

Measure entry(std::string_view name) {
  return [name](const MetricsRow& row) { return row.value(name); };
}

// Training rows tell the two parts, whatever the objective makes of them.
std::optional<double> elbo(const MetricsRow& row) {
  const auto reconstruction = row.value("reconstruction"), kl = row.value("kl");
  if (!reconstruction || !kl) return std::nullopt;
  return *reconstruction - *kl;
}

std::vector<Point> points_of(const RunRecord& run, std::string_view split, const Measure& measure) {
  std::vector<Point> points;
  for (const MetricsRow& row : run.rows) {
    if (row.split != split) continue;
    if (const auto value = measure(row)) {
      points.push_back({static_cast<double>(row.step) / run.steps_per_epoch(), *value});
    }
  }
  return points;
}

std::vector<Series> series_of(std::span<const ReportedRun> runs, const Measure& measure) {
  if (runs.size() == 1) {
    const RunRecord& run = runs[0].record;
    return {{"training", {1, 2}, true, points_of(run, "train", measure)},
            {"validation", {0, 2}, false, points_of(run, "validation", measure)}};
  }
  std::vector<Series> series;
  for (size_t i = 0; i < runs.size(); ++i) {
    const RunRecord& run = runs[i].record;
    const char* const split = run.validation() ? "validation" : "train";
    series.push_back(
        {run.name, {static_cast<int64_t>(i), std::ssize(runs)}, false, points_of(run, split, measure)});
  }
  return series;
}

std::vector<Series> training_series_of(std::span<const ReportedRun> runs, const Measure& measure) {
  std::vector<Series> series;
  for (size_t i = 0; i < runs.size(); ++i) {
    series.push_back({runs[i].record.name,
                      {static_cast<int64_t>(i), std::ssize(runs)},
                      false,
                      points_of(runs[i].record, "train", measure)});
  }
  return series;
}

bool is_elbo(const MetricsRow& row) {
  const auto objective = row.value("objective"), bound = elbo(row);
  return !objective || !bound || std::abs(*objective - *bound) <= 1e-6 * (1 + std::abs(*bound));
}

bool has_own_objective(const ReportedRun& run) {
  return !std::all_of(run.record.rows.begin(), run.record.rows.end(), is_elbo);
}

std::string chart(const std::string& title, const std::string& unit, std::vector<Series> series) {
  return to_html(LineChart{.title = title, .x_label = "epoch", .y_label = unit, .series = std::move(series)});
}

}  // namespace

std::string curves(std::span<const ReportedRun> runs) {
  const std::string nats = "nats per picture";
  std::string html =
      chart("ELBO", nats, series_of(runs, elbo)) +
      chart("Importance-weighted bound", nats, series_of(runs, entry("iwae"))) +
      chart("Reconstruction, E log p(x given z)", nats, series_of(runs, entry("reconstruction"))) +
      chart("KL to the prior", nats, series_of(runs, entry("kl")));
  if (std::any_of(runs.begin(), runs.end(), has_own_objective)) {
    html += chart("Objective of training", nats, training_series_of(runs, entry("objective")));
  }
  return charts(html, "narrow");
}

std::string step_curves(std::span<const ReportedRun> runs) {
  return folded("Gradient, learning rate, speed",
                charts(chart("Norm of the gradient", "", training_series_of(runs, entry("gradient_norm"))) +
                           chart("Learning rate", "", training_series_of(runs, entry("learning_rate"))) +
                           chart("Speed", "pictures per second",
                                 training_series_of(runs, entry("pictures_per_second"))),
                       "narrow"));
}

}  // namespace vae
