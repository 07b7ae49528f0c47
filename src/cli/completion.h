// Completion of the command line in shells.
#pragma once

#include <string>

#include "cli/command_table.h"

namespace vae {

/// Scripts that complete commands, options, words to choose from, and else file names.
std::string bash_completion(const CommandRow& program);
std::string zsh_completion(const CommandRow& program);
std::string fish_completion(const CommandRow& program);

}  // namespace vae
