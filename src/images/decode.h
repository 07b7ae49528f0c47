// JPEG and PNG files to pixels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "images/image.h"

namespace vae {

enum class ImageFormat { unknown, jpeg, png };

/// What the first bytes say, whatever the file is called.
ImageFormat recognise(std::span<const std::byte> bytes);

struct DecodeOptions {
  int64_t channels = 3;                                 // 1: luma (ITU-R BT.601), 3: RGB
  std::array<uint8_t, 3> background = {255, 255, 255};  // shows through transparent pixels
};

/// Decodes a JPEG (grey, colour, CMYK; turned upright by its EXIF orientation) or a PNG (1 to 16 bit, grey,
/// palette, colour, alpha, interlaced). DataError, naming `name`, where the file is damaged or neither.
Image decode(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

Image read_image(const std::filesystem::path& path, const DecodeOptions& options);

}  // namespace vae
