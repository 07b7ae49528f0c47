// A folder of picture files.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "data/dataset.h"
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

/// The pictures below a folder, in the order of the bytes of their paths; files are told by their content.
/// The classes are the sub-folders of the folder itself that hold pictures, where there are at least two.
class FolderDataset : public Dataset {
 public:
  /// DataError where there is no such folder or no picture in it.
  explicit FolderDataset(const FolderConfig& config);

  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  PictureShape shape() const override {
    return {.channels = config_.channels, .height = config_.height, .width = config_.width};
  }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  int64_t label(int64_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }
  std::string name(int64_t index) const override { return files_[static_cast<size_t>(index)]; }

  /// How many files were passed over because they are no pictures.
  int64_t skipped() const { return skipped_; }

 private:
  FolderConfig config_;
  DecodeOptions decoding_;
  std::vector<std::string> files_;  // relative to config_.path
  std::vector<int64_t> labels_;     // as many, or none
  std::vector<std::string> classes_;
  int64_t skipped_ = 0;
};

}  // namespace vae
