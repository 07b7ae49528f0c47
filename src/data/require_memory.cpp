#include "data/require_memory.h"

#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "core/error.h"

namespace vae {
namespace {

constexpr uint64_t kKept = 10;  // one part in ten stays for everything else

/// The kernel's estimate of what can be taken without swapping, in bytes: free memory plus the caches that it
/// can drop, which sysinfo(2) does not report.
std::optional<uint64_t> available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  uint64_t kibibytes = 0;
  while (file >> key >> kibibytes) {
    if (key == "MemAvailable:") return kibibytes * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

}  // namespace

void require_memory(uint64_t bytes, std::string_view purpose) {
  const std::optional<uint64_t> available = available_memory();
  if (!available || bytes <= *available - *available / kKept) return;
  throw MemoryError(
      "{}: needs {} bytes of memory, more than {} % of the {} available; take fewer or smaller pictures",
      purpose, bytes, 100 - 100 / kKept, *available);
}

}  // namespace vae
