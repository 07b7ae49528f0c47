// Tables as comma-separated values.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vae {

/// The text as a field: in quotation marks, its own doubled, where it holds what separates (RFC 4180).
std::string csv_field(std::string_view text);

/// Fields that are what csv_field gives, joined, with the end of the line.
std::string csv_line(std::span<const std::string> fields);

}  // namespace vae
