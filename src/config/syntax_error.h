// Says in words what is wrong with a text that is not JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vae::detail {

/// "source:line:column" of an offset into a text, counted from one, columns in characters.
std::string at(std::string_view text, size_t offset, const std::string& source);

/// UsageError with line and column of the first place where `text` stops being JSON with comments.
[[noreturn]] void throw_syntax_error(std::string_view text, const std::string& source);

}  // namespace vae::detail
