#include "config/source.h"

#include "core/error.h"
#include "core/file.h"

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

namespace vae::detail {

namespace {

constexpr uint64_t kLargest = uint64_t{1} << 20;

std::string read_text(const std::filesystem::path& path) {
  try {
    const std::vector<std::byte> bytes = read_file(path, kLargest);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  } catch (const IoError& error) {
    throw UsageError("{}", error.what());
  }
}

}  // namespace

std::string read_config_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw UsageError("{}: no such file; expected a config, such as those in configs/", path.string());
  }
  if (error) throw UsageError("{}: can't be read: {}", path.string(), error.message());
  if (!std::filesystem::is_regular_file(status)) {
    throw UsageError("{}: not a file; expected a JSON config", path.string());
  }
  const uint64_t size = std::filesystem::file_size(path, error);
  if (!error && size > kLargest) {
    throw UsageError("{}: {} bytes; a config has at most {}; is this the right file?", path.string(), size,
                     kLargest);
  }
  return read_text(path);
}

}  // namespace vae::detail
