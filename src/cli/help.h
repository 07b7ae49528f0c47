// What --help prints.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/command_table.h"

namespace vae {

/// A command's usage, its options in groups, and the commands below it in theirs.
std::string help_text(const CommandRow& command);

/// Has CLI11 print help_text.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* command, std::string name, CLI::AppFormatMode mode) const override;
};

/// Names of the groups that a command lists others under, in the order of their first members.
std::vector<std::string> groups_of(const std::vector<CommandRow>& commands);

}  // namespace vae
