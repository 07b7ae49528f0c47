// JPEG, PNG and WebP files to pixels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "images/image.h"

namespace vae {

/// `foreign` is a picture of a format that is not read, `none` no picture at all.
enum class ImageFormat { none, foreign, jpeg, png, webp };

/// As many first bytes as recognise() needs.
inline constexpr size_t kSignatureSize = 32;

/// What the first bytes say, whatever the file is called.
ImageFormat recognise(std::span<const std::byte> bytes);

/// The size of a picture that is to be shown.
struct TargetSize {
  int64_t width = 0;
  int64_t height = 0;
};

struct DecodeOptions {
  int64_t channels = 3;                                 // 1: luma (ITU-R BT.601), 3: RGB
  std::array<uint8_t, 3> background = {255, 255, 255};  // shows through transparent pixels
  std::optional<TargetSize> target = {};  // a decoder may give a smaller picture that still covers this one
};

/// Decodes a JPEG (grey, colour, CMYK), a PNG (1 to 16 bit, grey, palette, colour, alpha, interlaced) or a
/// WebP (lossy, lossless, alpha); JPEG and WebP are turned upright by their EXIF orientation. DataError,
/// naming `name`, where the file is damaged or nothing of these.
Image decode(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

Image read_image(const std::filesystem::path& path, const DecodeOptions& options);

/// A larger file is no picture that decode() would take: kMaxPixels of 16-bit RGBA, not compressed at all.
inline constexpr uint64_t kMaxPictureFile = uint64_t{1} << 31;

/// Names the libraries that decode, with their versions: two that differ may give other pixels.
std::string decoder_versions();

}  // namespace vae
