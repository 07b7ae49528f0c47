#include "data/picture_files.h"

#include <algorithm>

#include "data/folder_config.h"
#include "images/decode.h"
#include "images/resize.h"

namespace vae {

PictureFiles::PictureFiles(std::span<const std::filesystem::path> files, const PictureShape& shape)
    : shape_(shape) {
  const FolderConfig config{.channels = shape.channels, .height = shape.height, .width = shape.width};
  const DecodeOptions decoding = decode_options(config);
  for (const std::filesystem::path& file : files) {
    names_.push_back(file.string());
    pixels_.push_back(
        resize_and_crop(read_image(file, decoding), shape.width, shape.height, config.resize).pixels);
  }
}

void PictureFiles::get(int64_t index, std::span<uint8_t> pixels) const {
  std::ranges::copy(stored(index), pixels.begin());
}

std::span<const uint8_t> PictureFiles::stored(int64_t index) const {
  return pixels_[static_cast<size_t>(index)];
}

}  // namespace vae
