// Mistakes on the command line, in words that help.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace vae {

/// What is wrong and what to do, in one line; names the nearest option or command where one was mistyped.
std::string explain(const CLI::ParseError& error, const CLI::App& app);

/// The words that lead to a command: "vae data shapes".
std::string path_of(const CLI::App& command);

/// Thrown by a command that ended, all saved, because of a signal.
struct StoppedBySignal {
  int signal;
};

}  // namespace vae
