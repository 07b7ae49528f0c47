// Pictures for a trained model to look at.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "cli/model_loading.h"
#include "data/batches.h"

namespace vae {

/// --split: train, validation or test.
CLI::Option* add_split(CLI::App& command, std::string& split);

/// A split of the data in the checkpoint's config, as the model sees it. UsageError where the config has
/// none, DataError where its pictures are no longer those of the model.
Pictures read_split(const LoadedModel& loaded, const std::string& split);

/// The pictures in a folder, scaled to those of the model, as it sees them.
Pictures read_images(const LoadedModel& loaded, const std::filesystem::path& folder);

}  // namespace vae
