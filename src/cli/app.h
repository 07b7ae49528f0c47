// The command line.
#pragma once

namespace vae {

/// Runs the command that the arguments name. Every error becomes one line on stderr and an exit code
/// (core/error.h).
int run_command_line(int argc, char** argv);

}  // namespace vae
