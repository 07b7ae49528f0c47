#include "cli/results.h"

#include <fmt/format.h>

#include <cmath>

namespace vae {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

void Results::wrote(const char* key, const std::filesystem::path& path) {
  say(path.string());
  json_[key] = path.string();
}

void Results::print(bool as_json) const {
  // A file's name may hold any bytes, JSON text may not.
  constexpr auto kReplace = Json::error_handler_t::replace;
  fmt::print("{}", as_json ? json_.dump(-1, ' ', false, kReplace) + '\n' : lines_);
}

}  // namespace vae
