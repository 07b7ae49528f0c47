// What a classifier told of pictures whose class is known.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace vae {

/// Counts of pictures by their class and by the class that was told.
class Confusion {
 public:
  explicit Confusion(int64_t classes) : counts_(torch::zeros({classes, classes}, torch::kLong)) {}

  /// Both [N], int64, below the number of classes. DataError for a picture without a class.
  void add(const Tensor& labels, const Tensor& told);

  /// [class, told], int64, on the CPU.
  Tensor counts() const { return counts_; }
  int64_t pictures() const { return counts_.sum().item<int64_t>(); }

  /// The share of pictures whose class was told; 0 of no pictures.
  double accuracy() const;

 private:
  Tensor counts_;
};

}  // namespace vae
