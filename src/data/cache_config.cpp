#include "data/cache_config.h"

#include <cstdlib>

namespace vae {
namespace {

namespace fs = std::filesystem;

/// The folder that a variable of the environment names. One that is not absolute counts as not set, see the
/// XDG Base Directory Specification.
std::optional<fs::path> folder_of_variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || !fs::path(value).is_absolute()) return std::nullopt;
  return value;
}

std::optional<fs::path> folder(const AutoCache&) {
  if (const auto cache = folder_of_variable("XDG_CACHE_HOME")) return *cache / "vae";
  if (const auto home = folder_of_variable("HOME")) return *home / ".cache" / "vae";
  return std::nullopt;
}

std::optional<fs::path> folder(const FolderCache& cache) { return cache.path; }

std::optional<fs::path> folder(const NoCache&) { return std::nullopt; }

}  // namespace

std::optional<fs::path> cache_folder(const CacheConfig& config) {
  return config.visit([](const auto& cache) { return folder(cache); });
}

}  // namespace vae
