// What the command line takes, as tables: help, manual and completions are written from them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace vae {

struct OptionRow {
  std::vector<std::string> names;  // "-q", "--quiet"; empty for what is given by its place alone
  std::string value;               // placeholder of what follows: "FILE"; empty for a flag
  std::string meaning;
  std::string default_value;         // empty where there is none
  std::string range;                 // "1 to 100"
  std::vector<std::string> choices;  // where it is one of a few words
  std::vector<std::string> excludes;
  bool required = false;
  bool repeats = false;  // takes several values

  /// "--show NAME", "FOLDER".
  std::string heading() const;

  /// The meaning, and in brackets whatever else is to be known.
  std::string description() const;
};

struct OptionGroup {
  std::string title;
  std::vector<OptionRow> options;
};

struct CommandRow {
  std::string path;  // "vae data shapes"
  std::string name;
  std::string group;  // under which the command above lists it
  std::string summary;
  std::string details;  // below the options
  std::vector<OptionGroup> options;
  std::vector<CommandRow> commands;

  /// Of all groups.
  std::vector<OptionRow> all_options() const;
};

/// What a command was declared to take, with the commands below it.
CommandRow describe(const CLI::App& command);

}  // namespace vae
