// JSON text to a tree and back.
#pragma once

#include "config/node.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vae::detail {

/// How deep values may nest: what walks a tree may recurse.
inline constexpr size_t kDeepest = 64;

/// Parses a JSON file, in which // and /* */ comments may stand. UsageError, with line and column, where the
/// text is not UTF-8 or not JSON, a key is given twice, or values nest deeper than kDeepest.
Node parse_json(std::string_view text, const std::string& source);

/// Parses the value of an override, without comments; nothing where it is not JSON. UsageError as above
/// where it is JSON but not fit to use.
std::optional<Node> parse_json_value(std::string_view text, const std::string& source);

/// JSON indented by two spaces, with arrays of plain values on one line and a newline at the end.
std::string to_json(const Node& node);

/// A JSON string with its quotes, every control character escaped; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace vae::detail
