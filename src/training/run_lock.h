// One writer a run folder.
#pragma once

#include <filesystem>

#include "core/file_descriptor.h"

namespace vae {

/// While it lives, no other process holds the lock of the same folder. It is the operating system's lock of
/// the folder itself (flock): it leaves no file behind and ends with its process, however that ends. On a
/// file system without such locks it warns and holds nothing.
class RunLock {
 public:
  /// Makes the folder where it does not exist. UsageError where another process has it, IoError where it
  /// can't be made or opened.
  explicit RunLock(const std::filesystem::path& folder);

 private:
  FileDescriptor folder_;
};

}  // namespace vae
