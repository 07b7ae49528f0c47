// Errors carry the exit code of the process; main turns them into one line on stderr.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace vae {

/// Exit codes of the program; 128 + n stands for "stopped by signal n".
enum class ExitCode : int {
  done = 0,
  usage = 2,
  data = 3,
  diverged = 4,
  out_of_memory = 5,
  input_output = 6,
  checkpoint = 7,
  peer = 8,
};

/// One line for a person: what, where, what was expected, what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

template <ExitCode kCode>
class ErrorOf : public Error {
 public:
  template <typename... Args>
  explicit ErrorOf(fmt::format_string<Args...> format, Args&&... args)
      : Error(kCode, fmt::format(format, std::forward<Args>(args)...)) {}
};

using UsageError = ErrorOf<ExitCode::usage>;            // command line or config
using DataError = ErrorOf<ExitCode::data>;              // pictures, labels, data files
using DivergedError = ErrorOf<ExitCode::diverged>;      // training gave up
using MemoryError = ErrorOf<ExitCode::out_of_memory>;   // memory of the host or of a device
using IoError = ErrorOf<ExitCode::input_output>;        // the file system
using CheckpointError = ErrorOf<ExitCode::checkpoint>;  // a checkpoint that is damaged or does not fit
using PeerError = ErrorOf<ExitCode::peer>;              // another process of the same run

/// What the UsageError says that `action` throws, if it does: for a config's check.
template <class Action>
std::optional<std::string> complaint_of(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const UsageError& error) {
    return error.what();
  }
  return std::nullopt;
}

}  // namespace vae
