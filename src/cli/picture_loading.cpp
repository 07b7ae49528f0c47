#include "cli/picture_loading.h"

#include <ATen/Parallel.h>

#include <map>
#include <memory>

#include "core/error.h"
#include "data/folder.h"
#include "data/memory.h"
#include "data/picture_files.h"
#include "training/restore.h"

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

/// Without labels, whatever the model is conditioned on.
Pictures observe_unlabelled(std::shared_ptr<const Dataset> source, const LoadedModel& loaded) {
  return Pictures(with_stored_pixels(std::move(source), at::get_num_threads()),
                  loaded.checkpoint.config.data.observation,
                  {loaded.device, loaded.model->options().dtype().toScalarType()});
}

std::shared_ptr<const Dataset> open_folder(const LoadedModel& loaded, const std::filesystem::path& folder) {
  const PictureShape& shape = loaded.model->picture();
  return std::make_shared<FolderDataset>(
      FolderConfig{.path = folder, .channels = shape.channels, .height = shape.height, .width = shape.width},
      FolderReading{.bad_images = loaded.checkpoint.config.data.bad_images,
                    .threads = at::get_num_threads()});
}

}  // namespace

CLI::Option* add_split(CLI::App& command, std::string& split, const std::string& name,
                       const std::string& description) {
  return command.add_option(name, split, description)
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kSplits));
}

std::string PictureSource::description() const {
  return images.empty() ? fmt::format("the {} split", split) : images.string();
}

void add_picture_source(CLI::App& command, PictureSource& source) {
  auto* split = add_split(command, source.split);
  command.add_option("--images", source.images, "Folder of pictures instead")
      ->type_name("FOLDER")
      ->excludes(split);
}

Pictures read_pictures(const LoadedModel& loaded, const PictureSource& source) {
  return source.images.empty() ? read_split(loaded, source.split) : read_images(loaded, source.images);
}

bool has_split(const Checkpoint& checkpoint, const std::string& split) {
  const DataConfig& data = checkpoint.config.data;
  if (split == "train") return true;
  return !(split == "test" ? data.test : data.validation).is<NoneConfig>();
}

Pictures read_split(const LoadedModel& loaded, const std::string& split) {
  return observe(open_split(loaded.checkpoint, split), loaded.checkpoint, *loaded.model);
}

Pictures read_images(const LoadedModel& loaded, const std::filesystem::path& folder) {
  return observe(open_folder(loaded, folder), loaded.checkpoint, *loaded.model);
}

Pictures read_picture_files(const LoadedModel& loaded, const std::vector<std::filesystem::path>& paths) {
  if (paths.size() == 1 && std::filesystem::is_directory(paths.front())) {
    return observe_unlabelled(open_folder(loaded, paths.front()), loaded);
  }
  return observe_unlabelled(std::make_shared<PictureFiles>(paths, loaded.model->picture()), loaded);
}

std::string class_name(const Dataset& dataset, int64_t index) {
  const int64_t label = dataset.label(index);
  return label == kNoLabel ? "" : dataset.classes()[static_cast<size_t>(label)];
}

}  // namespace vae
