#include "core/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vae {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

std::string csv_line(std::span<const std::string> fields) {
  return fmt::format("{}\n", fmt::join(fields, ","));
}

}  // namespace vae
