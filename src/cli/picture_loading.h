// Pictures for a trained model to look at.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "data/dataset.h"
#include "training/checkpoint.h"

namespace vae {

/// --split: train, validation or test.
CLI::Option* add_split(CLI::App& command, std::string& split);

/// A split of the data in the checkpoint's config. UsageError where the config has none, DataError where its
/// pictures are no longer those of the model.
std::shared_ptr<const Dataset> read_split(const Checkpoint& checkpoint, const std::string& split);

/// The pictures in a folder, scaled to those of the model.
std::shared_ptr<const Dataset> read_images(const Checkpoint& checkpoint, const std::filesystem::path& folder);

}  // namespace vae
