#include "report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "config/parse.h"
#include "core/duration.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/sections.h"

namespace vae {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostKeys = 12;

/// Whether a key has no effect on what is trained.
bool is_label(const std::string& key) {
  return key == "name" || key.starts_with("paper") || key.starts_with("data.cache");
}

/// Keys in which any two configs differ. Not all with the first: types that differ hide what is below them.
std::vector<std::string> differing_keys(std::span<const ReportedRun> runs) {
  std::set<std::string> keys;
  for (size_t i = 0; i < runs.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const auto found = differences(runs[j].record.config, runs[i].record.config);
      keys.insert(found.begin(), found.end());
    }
  }
  std::erase_if(keys, is_label);
  return {keys.begin(), keys.end()};
}

/// What a config has at "training.epochs"; of an object its type.
std::string value_at(const Json& config, const std::string& key) {
  std::string pointer = "/" + key;
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  const Json::json_pointer place(pointer);
  if (!config.contains(place)) return "–";
  const Json& value = config.at(place);
  if (value.is_object() && value.contains("type")) return value["type"].get<std::string>();
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool are_comparable(const RunRecord& a, const RunRecord& b) {
  const auto measure = [](const RunRecord& run) {
    return make_likelihood(run.config.model.likelihood, run.checkpoint.pictures.channels)->base_measure();
  };
  return a.checkpoint.pictures.shape() == b.checkpoint.pictures.shape() &&
         a.config.data.observation == b.config.data.observation && measure(a) == measure(b) &&
         bound_of(a) == bound_of(b);
}

/// The run with the highest bound, where the bounds are of the same kind of number.
std::optional<size_t> best_of(std::span<const ReportedRun> runs) {
  std::optional<size_t> best;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!are_comparable(runs[0].record, runs[i].record)) return std::nullopt;
    const std::optional<double>& bound = runs[i].record.checkpoint.state.best_bound;
    if (!bound) continue;
    if (!best || *bound > *runs[*best].record.checkpoint.state.best_bound) best = i;
  }
  return best;
}

std::string cell(const std::string& html) { return "<td>" + html + "</td>"; }

std::string number_cell(const std::optional<double>& value, int digits) {
  if (!value) return cell("–");
  const std::string text = fmt::format("{:.{}f}", *value, digits);
  return cell(text.starts_with('-') ? "\u2212" + text.substr(1) : text);
}

std::string count_cell(const std::optional<int64_t>& value) { return cell(value ? readable(*value) : "–"); }

// May be broken behind its dots.
std::string key_head(const std::string& key) {
  std::string html = escaped(key);
  for (size_t dot = html.find('.'); dot != std::string::npos; dot = html.find('.', dot + 1)) {
    html.insert(dot + 1, "<wbr>");
  }
  return "<th class=\"key\">" + html + "</th>";
}

std::string head(std::span<const std::string> keys) {
  std::string html = "<thead><tr><th>run</th>";
  for (const std::string& key : keys) html += key_head(key);
  for (const char* name : {"bound", "nats", "bits/dim", "reconstruction", "KL", "active", "parameters",
                           "epochs", "pictures/s", "training"}) {
    html += fmt::format("<th>{}</th>", name);
  }
  return html + "</tr></thead>";
}

std::string row(const ReportedRun& run, std::span<const std::string> keys, const GroupColour& colour,
                bool is_best) {
  const RunRecord& record = run.record;
  const MetricsRow* const validation = record.validation();
  const auto of_validation = [&](std::string_view name) {
    return validation ? validation->value(name) : std::nullopt;
  };
  const Json config = Json::parse(dump(record.config));
  std::string html = fmt::format("<tr{}><th><i class=\"swatch\" style=\"--c:{}\"></i>{}</th>",
                                 is_best ? " class=\"best\"" : "", colour.css(), escaped(record.name));
  for (const std::string& key : keys) html += cell(escaped(value_at(config, key)));
  html += cell(bound_of(record)) + number_cell(record.checkpoint.state.best_bound, 2);
  html += number_cell(run.view && run.view->bits ? std::optional(run.view->bits->value) : std::nullopt, 3);
  html += number_cell(of_validation("reconstruction"), 2) + number_cell(of_validation("kl"), 2);
  html += run.view ? cell(fmt::format("{} / {}", run.view->evaluation.active_units(),
                                      run.view->evaluation.latents.size()))
                   : cell("–");
  html += count_cell(run.view ? std::optional(run.view->parameters) : std::nullopt);
  html += cell(fmt::format("{} / {}", record.last_epoch(), record.config.training.epochs));
  const auto speed = record.median_speed();
  html += count_cell(speed ? std::optional<int64_t>(std::llround(*speed)) : std::nullopt);
  return html + cell(format_duration(record.training_seconds())) + "</tr>";
}

std::string explanation(size_t keys, bool has_best) {
  std::string text = "Numbers are of the validation pictures, at the weights that were chosen. ";
  text +=
      has_best
          ? "The highest bound is marked."
          : "Bounds of different data, observations or kinds of likelihood do not compare: none is marked.";
  if (keys > kMostKeys) text += fmt::format(" {} more keys differ; see the configs.", keys - kMostKeys);
  return "<p class=\"note\">" + text + "</p>";
}

}  // namespace

std::string comparison_table(std::span<const ReportedRun> runs) {
  const std::vector<std::string> all = differing_keys(runs);
  const std::span<const std::string> keys = std::span(all).first(std::min(all.size(), kMostKeys));
  const std::optional<size_t> best = best_of(runs);
  std::string rows;
  for (size_t i = 0; i < runs.size(); ++i) {
    rows += row(runs[i], keys, {static_cast<int64_t>(i), std::ssize(runs)}, best == i);
  }
  return "<div class=\"wide\"><table class=\"runs\">" + head(keys) + "<tbody>" + rows +
         "</tbody></table></div>" + explanation(all.size(), best.has_value());
}

}  // namespace vae
