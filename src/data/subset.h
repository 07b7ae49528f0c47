// Some pictures of another data set.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace vae {

/// Picture i is picture indices[i] of the source.
class Subset : public Dataset {
 public:
  Subset(std::shared_ptr<const Dataset> source, std::vector<int64_t> indices)
      : source_(std::move(source)), indices_(std::move(indices)) {}

  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  PictureShape shape() const override { return source_->shape(); }
  void get(int64_t index, std::span<uint8_t> pixels) const override { source_->get(at(index), pixels); }
  std::span<const uint8_t> stored(int64_t index) const override { return source_->stored(at(index)); }
  void expect(int64_t index) const override { source_->expect(at(index)); }
  int64_t label(int64_t index) const override { return source_->label(at(index)); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  const std::vector<std::string>& factor_names() const override { return source_->factor_names(); }
  std::vector<double> factor_values(int64_t index) const override {
    return source_->factor_values(at(index));
  }
  std::string name(int64_t index) const override { return source_->name(at(index)); }

  std::span<const int64_t> indices() const { return indices_; }

 private:
  int64_t at(int64_t index) const { return indices_[static_cast<size_t>(index)]; }

  std::shared_ptr<const Dataset> source_;
  std::vector<int64_t> indices_;
};

}  // namespace vae
