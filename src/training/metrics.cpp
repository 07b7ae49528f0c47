#include "training/metrics.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "core/file.h"

namespace vae {
namespace {

using Json = nlohmann::ordered_json;  // values keep their order

std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "null"; }

std::string line_of(const MetricsRow& row) {
  std::string line =
      fmt::format(R"({{"step":{},"epoch":{},"split":{})", row.step, row.epoch, quoted(row.split));
  for (const auto& [name, value] : row.values) line += fmt::format(",{}:{}", quoted(name), number(value));
  return line + "}\n";
}

bool has_integer(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer();
}

Json parse_line(std::string_view line) { return Json::parse(line, nullptr, /*allow_exceptions=*/false); }

std::optional<int64_t> step_of(std::string_view line) {
  const Json json = parse_line(line);
  if (!json.is_object() || !has_integer(json, "step")) return std::nullopt;
  return json["step"].get<int64_t>();
}

std::optional<MetricsRow> parse_row(std::string_view line) {
  const Json json = parse_line(line);
  if (!json.is_object() || !has_integer(json, "step") || !has_integer(json, "epoch")) return std::nullopt;
  if (!json.contains("split") || !json["split"].is_string()) return std::nullopt;
  MetricsRow row = {.step = json["step"], .epoch = json["epoch"], .split = json["split"], .values = {}};
  for (const auto& [key, value] : json.items()) {
    if (key != "step" && key != "epoch" && value.is_number()) row.values.emplace_back(key, value);
  }
  return row;
}

/// Calls `action` with each whole line of a file, its end included.
template <class Action>
void for_each_line(const std::filesystem::path& path, const Action& action) {
  const std::vector<std::byte> bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    action(rest.substr(0, end + 1));
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<double> MetricsRow::value(std::string_view name) const {
  for (const auto& [key, number] : values) {
    if (key == name) return number;
  }
  return std::nullopt;
}

void MetricsFile::append(const MetricsRow& row) { file_.append(line_of(row)); }

std::vector<MetricsRow> read_rows(const std::filesystem::path& path) {
  std::vector<MetricsRow> rows;
  if (!std::filesystem::exists(path)) return rows;
  for_each_line(path, [&](std::string_view line) {
    if (auto row = parse_row(line)) rows.push_back(std::move(*row));
  });
  return rows;
}

void drop_rows_after(const std::filesystem::path& path, int64_t step) {
  if (!std::filesystem::exists(path)) return;
  std::string kept;
  for_each_line(path, [&](std::string_view line) {
    const std::optional<int64_t> of_line = step_of(line);
    if (of_line && *of_line <= step) kept += line;
  });
  write_file_atomically(path, kept);
}

}  // namespace vae
