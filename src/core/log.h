// The program's log: spdlog's default logger, on stderr and, while a run is open, in its log.txt.
#pragma once

#include <spdlog/common.h>

#include <filesystem>
#include <memory>
#include <string_view>

namespace vae {

/// Erases a terminal from the line of the cursor on.
constexpr std::string_view kEraseBelow = "\r\033[J";

/// Whether stderr is a terminal on which lines can be erased and written anew.
bool stderr_can_erase_lines();

/// Sends the default logger to stderr, from `level` up. Call once, first thing.
void set_up_log(spdlog::level::level_enum level);

/// From where up messages go to stderr.
void set_log_level(spdlog::level::level_enum level);
spdlog::level::level_enum log_level();

/// Appends everything that is logged to a file, too, with the time, for as long as it lives.
/// IoError where the file can't be opened.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

 private:
  std::shared_ptr<spdlog::sinks::sink> sink_;
};

}  // namespace vae
