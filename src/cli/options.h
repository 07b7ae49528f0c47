// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace vae {

/// --checkpoint, a file or a run folder.
void add_checkpoint(CLI::App& command, std::filesystem::path& path);

/// --device.
void add_device(CLI::App& command, std::string& device);

/// --seed.
void add_seed(CLI::App& command, uint64_t& seed);

/// --seed of what is measured of a run, whose own seed it is if not given.
void add_seed(CLI::App& command, std::optional<uint64_t>& seed);

/// What is wrong with a seed, if anything: CLI11 itself would wrap around what does not fit.
std::string check_seed(const std::string& text);

/// --out FILE and --out-dir FOLDER, of which one must be given.
void add_outputs(CLI::App& command, std::filesystem::path& sheet, std::filesystem::path& folder);

}  // namespace vae
