// Pictures and labels in the IDX format of MNIST (LeCun, Cortes and Burges, "The MNIST database").
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/fields.h"
#include "data/dataset.h"

namespace vae {

struct IdxConfig {
  static constexpr std::string_view kType = "idx";
  static constexpr std::string_view kHelp = "Pictures in the IDX format of MNIST, gzipped or not.";

  std::filesystem::path images = {};
  std::optional<std::filesystem::path> labels = {};

  bool operator==(const IdxConfig&) const = default;
};

inline constexpr auto fields(Tag<IdxConfig>) {
  return std::tuple{
      required("images", &IdxConfig::images,
               "Unsigned bytes, [count, height, width] or [count, height, width, channels]."),
      field("labels", &IdxConfig::labels, "Unsigned bytes, [count]: the class of each picture."),
  };
}

/// Held in memory. The classes are "0", "1", ... up to the largest label.
class IdxDataset : public Dataset {
 public:
  /// DataError where a file is missing, damaged, longer or shorter than its header says, or does not fit the
  /// other.
  explicit IdxDataset(const IdxConfig& config);

  int64_t size() const override { return size_; }
  PictureShape shape() const override { return shape_; }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  int64_t label(int64_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  int64_t size_ = 0;
  PictureShape shape_;
  std::vector<uint8_t> pixels_;  // [size, height, width, channels]
  std::vector<uint8_t> labels_;  // [size], or empty
  std::vector<std::string> classes_;
};

}  // namespace vae
