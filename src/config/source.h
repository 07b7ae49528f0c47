// The text of a config file.
#pragma once

#include <filesystem>
#include <string>

namespace vae::detail {

/// UsageError where the file is missing, can't be read, or is larger than 1 MiB (looked at before reading).
std::string read_config_file(const std::filesystem::path& path);

}  // namespace vae::detail
