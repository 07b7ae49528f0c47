// Pictures for a trained model to look at.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/model_loading.h"
#include "data/batches.h"

namespace vae {

/// --split, or an option of another name: train, validation or test.
CLI::Option* add_split(CLI::App& command, std::string& split, const std::string& name = "--split",
                       const std::string& description = "Which part of the data");

/// Whether the checkpoint's config has such a split.
bool has_split(const Checkpoint& checkpoint, const std::string& split);

/// Where pictures come from: a split of the data in the checkpoint's config, or a folder.
struct PictureSource {
  std::string split = "test";
  std::filesystem::path images = {};

  /// For messages: the folder, or "the test split".
  std::string description() const;
};

/// --split and --images.
void add_picture_source(CLI::App& command, PictureSource& source);

/// As the model sees them; the errors of the two below.
Pictures read_pictures(const LoadedModel& loaded, const PictureSource& source);

/// A split of the data in the checkpoint's config, as the model sees it. UsageError where the config has
/// none, DataError where its pictures are no longer those of the model.
Pictures read_split(const LoadedModel& loaded, const std::string& split);

/// The name of a picture's class; empty where it has none.
std::string class_name(const Dataset& dataset, int64_t index);

/// The pictures in these files, or in the folder that is given alone, without labels.
Pictures read_picture_files(const LoadedModel& loaded, const std::vector<std::filesystem::path>& paths);

/// The pictures in a folder, scaled to those of the model, as it sees them.
Pictures read_images(const LoadedModel& loaded, const std::filesystem::path& folder);

}  // namespace vae
