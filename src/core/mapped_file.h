// A file as memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace vae {

/// All bytes of a regular file, read by the system as they are looked at. IoError where it can't be opened.
/// The file must not be cut off meanwhile; replacing it by another is harmless.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace vae
