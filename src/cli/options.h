// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

namespace vae {

/// --checkpoint, a file or a run folder.
void add_checkpoint(CLI::App& command, std::filesystem::path& path);

/// --device.
void add_device(CLI::App& command, std::string& device);

/// --seed.
void add_seed(CLI::App& command, uint64_t& seed);

/// --out FILE and --out-dir FOLDER, of which one must be given.
void add_outputs(CLI::App& command, std::filesystem::path& sheet, std::filesystem::path& folder);

}  // namespace vae
