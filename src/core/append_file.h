// A file that only grows: the end of a log.
#pragma once

#include <filesystem>
#include <string_view>

namespace vae {

/// Opened for appending, created where it does not exist. IoError, with the file and the reason, where it
/// can't be opened or written.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  bool empty() const;

  /// Hands `bytes` to the system in one write, so that a reader of the file sees all of them or none.
  void append(std::string_view bytes);

 private:
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace vae
