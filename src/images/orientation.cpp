#include "images/orientation.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace vae {
namespace {

constexpr std::string_view kExifPrefix("Exif\0\0", 6);
constexpr uint32_t kEntrySize = 12;  // tag 2, type 2, count 4, value or offset 4
constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kShortType = 3;

bool starts_with(std::span<const std::byte> bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::ranges::equal(bytes.first(prefix.size()), std::as_bytes(std::span(prefix)));
}

/// TIFF's numbers in either byte order; nothing where an offset leads outside.
class TiffBytes {
 public:
  static std::optional<TiffBytes> parse(std::span<const std::byte> bytes) {
    if (starts_with(bytes, "II")) return TiffBytes(bytes, false);
    if (starts_with(bytes, "MM")) return TiffBytes(bytes, true);
    return std::nullopt;
  }

  std::optional<uint32_t> u16(uint64_t offset) const { return number(offset, 2); }
  std::optional<uint32_t> u32(uint64_t offset) const { return number(offset, 4); }

 private:
  TiffBytes(std::span<const std::byte> bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint32_t> number(uint64_t offset, uint64_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    uint32_t value = 0;
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t digit = big_endian_ ? i : size - 1 - i;
      value = value << 8U | std::to_integer<uint32_t>(bytes_[offset + digit]);
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  bool big_endian_;
};

/// The value of the orientation entry in the first image file directory.
std::optional<uint32_t> find_orientation(const TiffBytes& tiff) {
  const std::optional<uint32_t> directory = tiff.u32(4);
  if (tiff.u16(2) != 42U || !directory) return std::nullopt;
  const uint32_t entries = tiff.u16(*directory).value_or(0);
  for (uint32_t i = 0; i < entries; ++i) {
    const uint64_t entry = uint64_t{*directory} + 2 + uint64_t{i} * kEntrySize;
    const std::optional<uint32_t> tag = tiff.u16(entry);
    if (!tag) return std::nullopt;
    if (*tag != kOrientationTag) continue;
    if (tiff.u16(entry + 2) != kShortType || tiff.u32(entry + 4) != 1U) return std::nullopt;
    return tiff.u16(entry + 8);
  }
  return std::nullopt;
}

}  // namespace

int exif_orientation(std::span<const std::byte> app1) {
  if (!starts_with(app1, kExifPrefix)) return 1;
  return tiff_orientation(app1.subspan(kExifPrefix.size()));
}

int tiff_orientation(std::span<const std::byte> exif) {
  const std::optional<TiffBytes> tiff = TiffBytes::parse(exif);
  if (!tiff) return 1;
  const uint32_t orientation = find_orientation(*tiff).value_or(1);
  return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

Image turn_upright(Image image, int orientation) {
  if (orientation == 1) return image;
  const bool transposed = is_transposed(orientation);
  const bool mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool flipped = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;

  Image upright{transposed ? image.height : image.width, transposed ? image.width : image.height,
                image.channels, std::vector<uint8_t>(image.pixels.size())};
  uint8_t* target = upright.pixels.data();
  for (int64_t y = 0; y < upright.height; ++y) {
    for (int64_t x = 0; x < upright.width; ++x) {
      const auto [column, row] = transposed ? std::pair(y, x) : std::pair(x, y);
      const int64_t stored_x = mirrored ? image.width - 1 - column : column;
      const int64_t stored_y = flipped ? image.height - 1 - row : row;
      const uint8_t* source = image.pixels.data() + (stored_y * image.width + stored_x) * image.channels;
      target = std::copy_n(source, image.channels, target);
    }
  }
  return upright;
}

}  // namespace vae
