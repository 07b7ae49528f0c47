#include "training/flat_parameters.h"

#include <c10/util/accumulate.h>

namespace vae {
namespace {

constexpr int64_t kAlignment = 64;  // bytes; the results of small products depend on it

int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

FlatParameters::FlatParameters(const NamedParameters& parameters) {
  const torch::NoGradGuard no_grad;
  int64_t size = 0;
  for (const auto& item : parameters) {
    slices_.push_back({item.key(), size, item.value().sizes().vec()});
    const int64_t bytes = round_up(item.value().numel() * item.value().element_size(), kAlignment);
    size += bytes / item.value().element_size();
  }
  values_ = torch::zeros({size}, parameters.front().value().options());
  gradients_ = torch::zeros_like(values_);
  for (size_t i = 0; i < slices_.size(); ++i) {
    Tensor parameter = parameters[i].value();
    const Tensor view = cut(values_, slices_[i]);
    view.copy_(parameter);
    parameter.set_data(view);
    parameter.mutable_grad() = cut(gradients_, slices_[i]);
  }
}

Tensor FlatParameters::cut(const Tensor& buffer, const Slice& slice) {
  return buffer.narrow(0, slice.offset, c10::multiply_integers(slice.shape)).view(slice.shape);
}

std::vector<FlatParameters::NamedView> FlatParameters::views(const Tensor& buffer) const {
  std::vector<NamedView> result;
  for (const Slice& slice : slices_) result.push_back({slice.name, cut(buffer, slice)});
  return result;
}

}  // namespace vae
