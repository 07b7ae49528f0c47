#include "images/webp_decode.h"

#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "images/alpha.h"
#include "images/codec.h"
#include "images/luma.h"
#include "images/orientation.h"

namespace vae {
namespace {

const uint8_t* data_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

// A lossless file can say one colour of all pixels in thirty bytes: above the size of a good camera's
// pictures the pixels must be worth their memory. Lossy files are: a block of 16 x 16 takes a bit at least
// (RFC 6386).
constexpr uint64_t kFewPixels = uint64_t{1} << 24;
constexpr uint64_t kMostPixelsOfAByte = 2048;

[[noreturn]] void fail(VP8StatusCode status, const std::string& name) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      throw MemoryError("{}: no memory for its pixels; make the picture smaller", name);
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      throw DataError("{}: WebP ends too early; {}", name, kDamagedAdvice);
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      throw DataError("{}: WebP uses a feature that is not read; convert it to JPEG or PNG", name);
    default:
      throw DataError("{}: WebP is damaged; {}", name, kDamagedAdvice);
  }
}

void check_bytes_are_worth_pixels(size_t bytes, const WebPBitstreamFeatures& features,
                                  const std::string& name) {
  const uint64_t pixels = static_cast<uint64_t>(features.width) * static_cast<uint64_t>(features.height);
  if (pixels <= std::max(kFewPixels, bytes * kMostPixelsOfAByte)) return;
  throw DataError("{}: WebP announces {} x {} pixels in {} bytes, which is damaged or blank; {}", name,
                  features.width, features.height, bytes, kDamagedAdvice);
}

WebPBitstreamFeatures read_features(std::span<const std::byte> bytes, const std::string& name) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status = WebPGetFeatures(data_of(bytes), bytes.size(), &features);
  if (status != VP8_STATUS_OK) fail(status, name);
  if (features.has_animation != 0) {
    throw DataError("{}: is an animated WebP, which is not read; convert one of its frames", name);
  }
  check_pixel_count(static_cast<uint64_t>(features.width), static_cast<uint64_t>(features.height), name);
  check_bytes_are_worth_pixels(bytes.size(), features, name);
  return features;
}

/// The orientation in the chunk EXIF, 1 where there is none.
int orientation_of(std::span<const std::byte> bytes) {
  const WebPData data{data_of(bytes), bytes.size()};
  const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), WebPDemuxDelete);
  WebPChunkIterator chunk;
  if (demuxer == nullptr || WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk) == 0) return 1;
  const auto exif = std::as_bytes(std::span(chunk.chunk.bytes, chunk.chunk.size));
  const int with_prefix = exif_orientation(exif);  // some writers keep JPEG's
  const int orientation = with_prefix == 1 ? tiff_orientation(exif) : with_prefix;
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

/// RGB, or RGBA where any pixel may be transparent.
Image read_pixels(std::span<const std::byte> bytes, const WebPBitstreamFeatures& features,
                  const std::string& name) {
  const bool has_alpha = features.has_alpha != 0;
  Image image{features.width, features.height, has_alpha ? 4 : 3, {}};
  const int64_t row_size = image.width * image.channels;
  image.pixels.resize(static_cast<size_t>(image.height * row_size));

  WebPDecoderConfig config;
  WebPInitDecoderConfig(&config);
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {image.pixels.data(), static_cast<int>(row_size), image.pixels.size()};
  const VP8StatusCode status = WebPDecode(data_of(bytes), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) fail(status, name);
  return image;
}

}  // namespace

Image decode_webp(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options) {
  const WebPBitstreamFeatures features = read_features(bytes, name);
  Image image = without_alpha(read_pixels(bytes, features, name), options.background);
  if (options.channels == 1) image = to_grey(std::move(image));
  return turn_upright(std::move(image), orientation_of(bytes));
}

std::string webp_version() {
  const int version = WebPGetDecoderVersion();
  return fmt::format("{}.{}.{}", version >> 16, version >> 8 & 0xFF, version & 0xFF);
}

}  // namespace vae
