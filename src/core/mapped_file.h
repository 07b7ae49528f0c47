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

  /// From now on it is read here and there: the system is to read what is looked at, not megabytes around it.
  void expect_jumps() const;

 private:
  std::span<const std::byte> bytes_;
};

/// Has the system begin to read a part of a mapped file, without waiting for it.
void begin_to_read(std::span<const std::byte> bytes);

}  // namespace vae
