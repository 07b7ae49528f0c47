// Text from elsewhere, fit to be shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Text with its control characters as \u001b and the like: a name that a stranger chose begins no line and
/// tells no terminal what to do. Whatever is no UTF-8 stays as it is.
std::string on_one_line(std::string_view text);
std::vector<std::string> on_one_line(const std::vector<std::string>& texts);

/// What a message of several lines says first.
std::string first_line(std::string_view text);

}  // namespace vae
