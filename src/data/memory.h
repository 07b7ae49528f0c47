// A data set read once and kept.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace vae {

/// A copy of another data set in memory: every picture is read, decoded and scaled once.
class MemoryDataset : public Dataset {
 public:
  /// Reads with `threads` threads. The error of the first picture that can't be read is thrown, whatever
  /// their number; MemoryError where the pictures do not fit.
  MemoryDataset(const Dataset& source, int64_t threads);

  int64_t size() const override { return static_cast<int64_t>(labels_.size()); }
  PictureShape shape() const override { return shape_; }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  std::span<const uint8_t> stored(int64_t index) const override;
  int64_t label(int64_t index) const override { return labels_[static_cast<size_t>(index)]; }
  const std::vector<std::string>& classes() const override { return classes_; }
  const std::vector<std::string>& factor_names() const override { return factor_names_; }
  std::vector<double> factor_values(int64_t index) const override {
    return factor_values_[static_cast<size_t>(index)];
  }
  std::string name(int64_t index) const override { return names_[static_cast<size_t>(index)]; }

  /// All pictures: [size, height, width, channels].
  std::span<const uint8_t> pixels() const { return pixels_; }

 private:
  PictureShape shape_;
  std::vector<uint8_t> pixels_;
  std::vector<int64_t> labels_;
  std::vector<std::string> names_;
  std::vector<std::string> classes_;
  std::vector<std::string> factor_names_;
  std::vector<std::vector<double>> factor_values_;
};

/// The data set itself where its pixels are stored already, else a copy in memory.
std::shared_ptr<const Dataset> with_stored_pixels(std::shared_ptr<const Dataset> source, int64_t threads);

}  // namespace vae
