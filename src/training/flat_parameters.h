// All parameters of a model in one buffer.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "kernels/gradient_piece.h"

namespace vae {

using NamedParameters = torch::OrderedDict<std::string, Tensor>;

/// Makes parameters views of one flat buffer and their gradients views of another, so that
/// clipping, averaging and the optimizer's update are one operation each. Every parameter begins at a
/// multiple of 64 bytes; what lies between is zero and stays so.
class FlatParameters {
 public:
  /// The parameters by name, on their device and of their type already; they must outlive this.
  /// Behind the gradients there are `tail` numbers for whoever sends them.
  explicit FlatParameters(const NamedParameters& parameters, int64_t tail = 0);

  Tensor values() const { return values_; }
  Tensor gradients() const { return gradients_; }
  Tensor gradients_and_tail() const { return gradients_and_tail_; }

  /// Whether a backward pass leaves gradients where it computes them: float32 on the processor.
  bool takes_gradients_over() const;

  /// Before a backward pass: the gradients begin at zero.
  void clear_gradients();

  /// After the backward pass that followed clear_gradients: finds its gradients, and gives their Euclidean
  /// norm, a scalar on the device.
  Tensor find_gradients();

  /// What was found, of all parameters: in gradients(), or where the backward pass has left it, for as long
  /// as the parameters have these gradients.
  std::span<const GradientPiece> found_gradients() const { return found_; }

  /// The gradients that the backward pass has left, one a parameter; undefined where it left none.
  std::vector<Tensor> computed_gradients() const;

  /// Has find_gradients find these instead.
  void set_computed_gradients(const std::vector<Tensor>& gradients);

  /// How many parameters there are, and where in gradients() the numbers of one begin.
  size_t count() const { return slices_.size(); }
  int64_t offset(size_t parameter) const { return slices_[parameter].offset; }

  /// Instead of find_gradients, and as soon as the backward pass has them: the gradients of the parameters
  /// from `first` up to `last` are in gradients(), zero where it has none.
  void collect_gradients(size_t first, size_t last);

  /// As find_gradients, once all have been collected: what is in gradients() now, the same norm on any number
  /// of threads in float32 on the processor.
  Tensor find_collected_gradients();

  /// Has `heard`, if it is a function, called with the number of each parameter as soon as a backward pass
  /// has its gradient.
  void on_gradient(const std::function<void(size_t)>& heard);

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
    std::vector<int64_t> strides;  // the order of the parameter's elements, which the buffer keeps
  };
  static Tensor cut(const Tensor& buffer, const Slice& slice);

  std::vector<Slice> slices_;
  std::vector<Tensor> parameters_;
  Tensor values_;
  Tensor gradients_and_tail_;
  Tensor gradients_;
  std::vector<Tensor> gradient_views_;
  std::vector<GradientPiece> found_;
};

}  // namespace vae
