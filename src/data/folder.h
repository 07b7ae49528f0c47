// A folder of picture files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/folder_config.h"
#include "data/folder_reader.h"

namespace vae {

/// The classes of pictures, named by paths relative to their folder: its sub-folders that hold pictures,
/// where there are at least two.
std::vector<std::string> class_names(std::span<const std::string> pictures);

/// The pictures below a folder, in the order of the bytes of their paths; files are told by their content.
/// All are decoded when the object is made, and nothing of the folder is looked at later. Labels are
/// class_names.
class FolderDataset : public Dataset {
 public:
  /// DataError where there is no such folder, no picture in it, or, unless they are to be skipped, a bad one.
  explicit FolderDataset(const FolderConfig& config, const FolderReading& reading = {});

  int64_t size() const override { return std::ssize(pictures_.names); }
  PictureShape shape() const override {
    return {.channels = config_.channels, .height = config_.height, .width = config_.width};
  }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  std::span<const uint8_t> stored(int64_t index) const override;
  void expect(int64_t index) const override;
  int64_t label(int64_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }
  std::string name(int64_t index) const override { return pictures_.names[static_cast<size_t>(index)]; }

  /// How many pictures had to be decoded; the cache knew the others.
  int64_t decoded() const { return pictures_.decoded; }

  /// What was left out because it can't be used.
  std::span<const BadPicture> bad() const { return pictures_.bad; }

  /// Files that were passed over because they are no pictures.
  std::span<const std::string> others() const { return pictures_.others; }

 private:
  FolderConfig config_;
  FolderPictures pictures_;
  std::vector<int64_t> labels_;  // one a picture, or none
  std::vector<std::string> classes_;
};

}  // namespace vae
