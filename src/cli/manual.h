// The manual page.
#pragma once

#include <string>

#include "cli/command_table.h"

namespace vae {

/// All commands with their options as a page for man(1), in roff's man macros.
std::string manual_page(const CommandRow& program, const std::string& version);

}  // namespace vae
