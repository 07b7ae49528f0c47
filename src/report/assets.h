// The style sheet and the script of a report, report.css and report.js.
#pragma once

#include <string_view>

namespace vae {

extern const std::string_view kStyle;
extern const std::string_view kScript;

}  // namespace vae
