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

using Json = nlohmann::json;

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

bool is_row_until(std::string_view line, int64_t step) {
  const Json row = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!row.is_object()) return false;
  const auto found = row.find("step");
  return found != row.end() && found->is_number_integer() && found->get<int64_t>() <= step;
}

}  // namespace

void MetricsFile::append(const MetricsRow& row) { file_.append(line_of(row)); }

void drop_rows_after(const std::filesystem::path& path, int64_t step) {
  if (!std::filesystem::exists(path)) return;
  const std::vector<std::byte> bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string kept;
  for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end + 1);
    if (is_row_until(line, step)) kept += line;
    rest.remove_prefix(line.size());
  }
  write_file_atomically(path, kept);
}

}  // namespace vae
