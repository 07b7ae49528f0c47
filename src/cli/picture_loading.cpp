#include "cli/picture_loading.h"

#include <ATen/Parallel.h>

#include <map>
#include <memory>

#include "core/error.h"
#include "data/folder.h"
#include "data/labelled.h"
#include "data/memory.h"

namespace vae {
namespace {

const std::map<std::string, std::shared_ptr<const Dataset> Splits::*> kSplits = {
    {"train", &Splits::train}, {"validation", &Splits::validation}, {"test", &Splits::test}};

std::shared_ptr<const Dataset> open_split(const Checkpoint& checkpoint, const std::string& name) {
  const Splits splits = open_splits(checkpoint.config.data, checkpoint.config.seed, at::get_num_threads());
  const std::shared_ptr<const Dataset>& chosen = splits.*kSplits.at(name);
  if (!chosen) {
    throw UsageError("--split {}: data.{} of the checkpoint's config is \"none\"; choose another split", name,
                     name);
  }
  if (chosen->shape() != checkpoint.pictures.shape()) {
    throw DataError(
        "data.{}: its pictures have another size or other channels than those the checkpoint was trained on",
        name);
  }
  return chosen;
}

Pictures read(std::shared_ptr<const Dataset> source, const LoadedModel& loaded) {
  const Config& config = loaded.checkpoint.config;
  if (config.model.condition) {
    source = std::make_shared<Labelled>(source, loaded.checkpoint.pictures.classes);
  }
  return Pictures(with_stored_pixels(std::move(source), at::get_num_threads()), config.data.observation,
                  {loaded.device, loaded.model->options().dtype().toScalarType()});
}

}  // namespace

CLI::Option* add_split(CLI::App& command, std::string& split) {
  return command.add_option("--split", split, "Which part of the data")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kSplits));
}

Pictures read_split(const LoadedModel& loaded, const std::string& split) {
  return read(open_split(loaded.checkpoint, split), loaded);
}

Pictures read_images(const LoadedModel& loaded, const std::filesystem::path& folder) {
  const PictureShape& shape = loaded.model->picture();
  return read(
      std::make_shared<FolderDataset>(
          FolderConfig{
              .path = folder, .channels = shape.channels, .height = shape.height, .width = shape.width},
          FolderReading{.bad_images = loaded.checkpoint.config.data.bad_images,
                        .threads = at::get_num_threads()}),
      loaded);
}

}  // namespace vae
