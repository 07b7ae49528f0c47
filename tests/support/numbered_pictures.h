// A data set whose pictures tell their number.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/memory.h"

namespace vae::test {

/// Every byte of a picture is a function of (index, row, column, channel); the label is the index.
class NumberedPictures : public Dataset {
 public:
  NumberedPictures(int64_t count, const PictureShape& shape) : count_(count), shape_(shape) {}

  static uint8_t byte(int64_t index, int64_t row, int64_t column, int64_t channel) {
    return static_cast<uint8_t>(31 * index + 57 * row + 11 * column + 97 * channel);
  }

  int64_t size() const override { return count_; }
  PictureShape shape() const override { return shape_; }
  void get(int64_t index, std::span<uint8_t> pixels) const override {
    size_t i = 0;
    for (int64_t y = 0; y < shape_.height; ++y)
      for (int64_t x = 0; x < shape_.width; ++x)
        for (int64_t c = 0; c < shape_.channels; ++c) pixels[i++] = byte(index, y, x, c);
  }
  int64_t label(int64_t index) const override { return index; }

 private:
  int64_t count_;
  PictureShape shape_;
};

inline std::shared_ptr<const MemoryDataset> numbered_pictures(int64_t count, const PictureShape& shape) {
  return std::make_shared<const MemoryDataset>(NumberedPictures(count, shape), 1);
}

}  // namespace vae::test
