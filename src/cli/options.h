// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/picture_output.h"

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

/// --class, of models that are conditioned on classes.
CLI::Option* add_class(CLI::App& command, std::string& name);

/// For files that will be PNG: what is wrong with a name of another ending, if anything.
std::string check_png_name(const std::string& name);

/// --out FILE and --out-dir FOLDER, of which one must be given.
void add_outputs(CLI::App& command, std::filesystem::path& sheet, std::filesystem::path& folder);

/// --out FILE and --animation FILE, of which one must be given, and what belongs to the animation.
void add_sheet_or_animation(CLI::App& command, std::filesystem::path& sheet, Animation& animation);

}  // namespace vae
