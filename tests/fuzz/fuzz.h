// What the fuzzers share.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>

namespace vae::fuzz {

/// Ends the process where what the code promises does not hold: a finding.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// A file of these bytes that is on no disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes) : number_(memfd_create("fuzz", MFD_CLOEXEC)) {
    require(number_ >= 0 && ::write(number_, bytes.data(), bytes.size()) == std::ssize(bytes));
  }
  ~MemoryFile() { ::close(number_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::filesystem::path path() const { return fmt::format("/proc/self/fd/{}", number_); }

 private:
  int number_;
};

inline std::span<const std::byte> bytes_of(const uint8_t* data, size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace vae::fuzz
