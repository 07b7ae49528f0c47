#include "images/decode.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/file.h"
#include "images/jpeg_decode.h"
#include "images/png_decode.h"

namespace vae {
namespace {

using namespace std::string_view_literals;

constexpr uint64_t kMaxFileSize = uint64_t{1} << 31;  // kMaxPixels of 16-bit RGBA, not compressed at all

struct Signature {
  size_t offset;
  std::string_view bytes;
};

constexpr Signature kJpeg{0, "\xFF\xD8\xFF"sv};
constexpr Signature kPng{0, "\x89PNG\r\n\x1A\n"sv};

struct ForeignFormat {
  Signature signature;
  std::string_view name;
};

/// Recognised only for the error to say what the file is.
constexpr ForeignFormat kForeignFormats[] = {
    {{0, "GIF8"sv}, "GIF"},     {{8, "WEBP"sv}, "WebP"},     {{4, "ftyphei"sv}, "HEIC"},
    {{4, "ftyphev"sv}, "HEIC"}, {{4, "ftypmif1"sv}, "HEIC"}, {{4, "ftypavif"sv}, "AVIF"},
    {{0, "II*\0"sv}, "TIFF"},   {{0, "MM\0*"sv}, "TIFF"},    {{0, "BM"sv}, "BMP"},
};

bool matches(std::span<const std::byte> bytes, const Signature& signature) {
  if (bytes.size() < signature.offset + signature.bytes.size()) return false;
  return std::ranges::equal(bytes.subspan(signature.offset, signature.bytes.size()),
                            std::as_bytes(std::span(signature.bytes)));
}

[[noreturn]] void refuse(std::span<const std::byte> bytes, const std::string& name) {
  for (const ForeignFormat& format : kForeignFormats) {
    if (!matches(bytes, format.signature)) continue;
    throw DataError("{}: is a {}; JPEG and PNG are read, convert it to one of them", name, format.name);
  }
  throw DataError("{}: {}; JPEG and PNG are read, remove the file or set data.bad_images to \"skip\"", name,
                  bytes.empty() ? "is empty" : "is not a picture of a known format");
}

}  // namespace

ImageFormat recognise(std::span<const std::byte> bytes) {
  if (matches(bytes, kJpeg)) return ImageFormat::jpeg;
  if (matches(bytes, kPng)) return ImageFormat::png;
  return ImageFormat::unknown;
}

Image decode(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options) {
  if (options.channels != 1 && options.channels != 3) {
    throw UsageError("{}: {} channels asked for; pictures are decoded to 1 (grey) or 3 (RGB)", name,
                     options.channels);
  }
  switch (recognise(bytes)) {
    case ImageFormat::jpeg:
      return decode_jpeg(bytes, name, options);
    case ImageFormat::png:
      return decode_png(bytes, name, options);
    case ImageFormat::unknown:
      break;
  }
  refuse(bytes, name);
}

Image read_image(const std::filesystem::path& path, const DecodeOptions& options) {
  return decode(read_file(path, kMaxFileSize), path.string(), options);
}

}  // namespace vae
