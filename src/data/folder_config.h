// The config of a folder of pictures.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/fields.h"
#include "data/cache_config.h"
#include "images/decode.h"
#include "images/resize.h"

namespace vae {

inline constexpr auto names(Tag<Resampling>) {
  return std::array{std::pair{"area", Resampling::area}, std::pair{"bicubic", Resampling::bicubic}};
}

struct FolderConfig {
  static constexpr std::string_view kType = "folder";
  static constexpr std::string_view kHelp =
      "A folder of JPEG, PNG and WebP files; its sub-folders are classes.";

  std::filesystem::path path = {};
  int64_t channels = 3;
  int64_t height = 64;
  int64_t width = 64;
  Resampling resize = Resampling::area;
  std::array<int64_t, 3> background = {255, 255, 255};

  bool operator==(const FolderConfig&) const = default;
};

inline constexpr auto fields(Tag<FolderConfig>) {
  return std::tuple{
      required("path", &FolderConfig::path, "Searched with all its sub-folders; hidden files are left out."),
      field("channels", &FolderConfig::channels, closed(1, 3), "1: grey, 3: colour."),
      field("height", &FolderConfig::height, closed(1, 16384),
            "Pictures are scaled and cropped to this height,"),
      field("width", &FolderConfig::width, closed(1, 16384), "and this width."),
      field("resize", &FolderConfig::resize, "How pictures are scaled."),
      field("background", &FolderConfig::background, closed(0, 255),
            "Red, green and blue behind transparent pixels."),
  };
}

std::optional<std::string> check(const FolderConfig& config);

DecodeOptions decode_options(const FolderConfig& config);

/// What is done about pictures that can't be used.
enum class BadImages { error, skip };

inline constexpr auto names(Tag<BadImages>) {
  return std::array{std::pair{"error", BadImages::error}, std::pair{"skip", BadImages::skip}};
}

/// How folders are read, whatever is in them.
struct FolderReading {
  BadImages bad_images = BadImages::error;
  CacheConfig cache = NoCache{};
  int64_t threads = 1;
};

}  // namespace vae
