// All parameters of a model in one buffer.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <vector>

#include "core/tensor.h"

namespace vae {

using NamedParameters = torch::OrderedDict<std::string, Tensor>;

/// Makes parameters views of one flat buffer and their gradients views of another, so that
/// clipping, averaging and the optimizer's update are one operation each. Every parameter begins at a
/// multiple of 64 bytes; what lies between is zero and stays so.
class FlatParameters {
 public:
  /// The parameters by name, on their device and of their type already; they must outlive this.
  explicit FlatParameters(const NamedParameters& parameters);

  Tensor values() const { return values_; }
  Tensor gradients() const { return gradients_; }

  struct NamedView {
    std::string name;
    Tensor view;
  };
  /// `buffer`, of the shape of values(), cut into the parameters.
  std::vector<NamedView> views(const Tensor& buffer) const;

 private:
  struct Slice {
    std::string name;
    int64_t offset;
    std::vector<int64_t> shape;
  };
  static Tensor cut(const Tensor& buffer, const Slice& slice);

  std::vector<Slice> slices_;
  Tensor values_;
  Tensor gradients_;
};

}  // namespace vae
