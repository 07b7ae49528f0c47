#include "cli/results.h"

#include <fmt/format.h>

#include <cmath>

#include "core/one_line.h"

namespace vae {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

// Control characters are escaped as JSON does.
std::string text_of(const Json& json) {
  return on_one_line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Results::wrote(const char* key, const std::filesystem::path& path) {
  say(path.string());
  json_[key] = path.string();
}

void Results::print(bool as_json) const { fmt::print("{}", as_json ? text_of(json_) + '\n' : lines_); }

}  // namespace vae
