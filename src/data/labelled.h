// A data set whose labels are positions in a given list of classes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace vae {

/// The pictures of another data set, their classes matched by name with `classes`. DataError for a picture
/// without a class, and for a class that is not in the list.
class Labelled : public Dataset {
 public:
  Labelled(std::shared_ptr<const Dataset> source, std::vector<std::string> classes);

  int64_t size() const override { return source_->size(); }
  PictureShape shape() const override { return source_->shape(); }
  void get(int64_t index, std::span<uint8_t> pixels) const override { source_->get(index, pixels); }
  std::span<const uint8_t> stored(int64_t index) const override { return source_->stored(index); }
  int64_t label(int64_t index) const override {
    return position_[static_cast<size_t>(source_->label(index))];
  }
  const std::vector<std::string>& classes() const override { return classes_; }
  const std::vector<std::string>& factor_names() const override { return source_->factor_names(); }
  std::vector<double> factor_values(int64_t index) const override { return source_->factor_values(index); }
  std::string name(int64_t index) const override { return source_->name(index); }

 private:
  std::shared_ptr<const Dataset> source_;
  std::vector<std::string> classes_;
  std::vector<int64_t> position_;  // of each class of the source
};

}  // namespace vae
