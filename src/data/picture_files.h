// A few picture files, named one by one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace vae {

/// The pictures in these files in this order, scaled and cropped as those of a folder are; without labels.
class PictureFiles : public Dataset {
 public:
  /// IoError where a file can't be read, DataError where it is no picture.
  PictureFiles(std::span<const std::filesystem::path> files, const PictureShape& shape);

  int64_t size() const override { return std::ssize(names_); }
  PictureShape shape() const override { return shape_; }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  std::span<const uint8_t> stored(int64_t index) const override;
  std::string name(int64_t index) const override { return names_[static_cast<size_t>(index)]; }

 private:
  PictureShape shape_;
  std::vector<std::string> names_;
  std::vector<std::vector<uint8_t>> pixels_;  // of each picture
};

}  // namespace vae
