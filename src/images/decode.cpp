#include "images/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/file.h"
#include "images/jpeg_decode.h"
#include "images/png_decode.h"
#include "images/webp_decode.h"

namespace vae {
namespace {

using namespace std::string_view_literals;

struct Signature {
  size_t offset;
  std::string_view bytes;
};

constexpr Signature kJpeg{0, "\xFF\xD8\xFF"sv};
constexpr Signature kPng{0, "\x89PNG\r\n\x1A\n"sv};
constexpr Signature kRiff{0, "RIFF"sv};
constexpr Signature kWebp{8, "WEBP"sv};

struct ForeignFormat {
  std::string_view name;
  Signature signature;
  Signature and_also = {0, ""sv};
};

/// Recognised only for the error to say what the file is.
constexpr ForeignFormat kForeignFormats[] = {
    {"GIF", {0, "GIF8"sv}},
    {"HEIC", {4, "ftyphei"sv}},
    {"HEIC", {4, "ftyphev"sv}},
    {"HEIC", {4, "ftypmif1"sv}},
    {"AVIF", {4, "ftypavi"sv}},
    {"TIFF", {0, "II*\0"sv}},
    {"TIFF", {0, "MM\0*"sv}},
    {"BMP", {0, "BM"sv}, {6, "\0\0\0\0"sv}},  // two letters alone also begin many a text
    {"JPEG 2000", {4, "jP  \r\n\x87\n"sv}},
    {"JPEG XL", {4, "JXL \r\n\x87\n"sv}},
};

bool matches(std::span<const std::byte> bytes, const Signature& signature) {
  if (bytes.size() < signature.offset + signature.bytes.size()) return false;
  return std::ranges::equal(bytes.subspan(signature.offset, signature.bytes.size()),
                            std::as_bytes(std::span(signature.bytes)));
}

/// The format's name, or nothing.
std::string_view foreign_format(std::span<const std::byte> bytes) {
  const auto* const found = std::ranges::find_if(kForeignFormats, [&](const ForeignFormat& format) {
    return matches(bytes, format.signature) && matches(bytes, format.and_also);
  });
  return found == std::end(kForeignFormats) ? std::string_view() : found->name;
}

}  // namespace

ImageFormat recognise(std::span<const std::byte> bytes) {
  if (matches(bytes, kJpeg)) return ImageFormat::jpeg;
  if (matches(bytes, kPng)) return ImageFormat::png;
  if (matches(bytes, kRiff) && matches(bytes, kWebp)) return ImageFormat::webp;
  return foreign_format(bytes).empty() ? ImageFormat::none : ImageFormat::foreign;
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
    case ImageFormat::webp:
      return decode_webp(bytes, name, options);
    case ImageFormat::foreign:
      throw DataError("{}: is {}, which is not read; convert it to JPEG, PNG or WebP", name,
                      foreign_format(bytes));
    case ImageFormat::none:
      break;
  }
  throw DataError("{}: {}; remove it or set data.bad_images to \"skip\"", name,
                  bytes.empty() ? "is empty" : "is no picture of a known format (JPEG, PNG, WebP)");
}

Image read_image(const std::filesystem::path& path, const DecodeOptions& options) {
  return decode(read_file(path, kMaxPictureFile), path.string(), options);
}

std::string decoder_versions() {
  return fmt::format("libjpeg-turbo {}, libpng {}, libwebp {}", jpeg_version(), png_version(),
                     webp_version());
}

}  // namespace vae
