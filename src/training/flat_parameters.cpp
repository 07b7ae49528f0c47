#include "training/flat_parameters.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <utility>

#include "kernels/fused.h"
#include "kernels/norm.h"

namespace vae {
namespace {

constexpr int64_t kAlignment = 64;  // bytes; the results of small products depend on it

int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// Called when a backward pass has added all it has to a parameter's gradient.
class Hook : public torch::autograd::PostAccumulateGradHook {
 public:
  explicit Hook(std::function<void()> action) : action_(std::move(action)) {}
  void operator()(const torch::autograd::Variable&) override { action_(); }

 private:
  std::function<void()> action_;
};

}  // namespace

FlatParameters::FlatParameters(const NamedParameters& parameters, int64_t tail) {
  const torch::NoGradGuard no_grad;
  int64_t size = 0;
  for (const auto& item : parameters) {
    slices_.push_back(
        {item.key(), size, item.value().sizes().vec(), torch::empty_like(item.value()).strides().vec()});
    const int64_t bytes = round_up(item.value().numel() * item.value().element_size(), kAlignment);
    size += bytes / item.value().element_size();
  }
  values_ = torch::zeros({size}, parameters.front().value().options());
  gradients_and_tail_ = torch::zeros({size + tail}, values_.options());
  gradients_ = gradients_and_tail_.narrow(0, 0, size);
  for (size_t i = 0; i < slices_.size(); ++i) {
    Tensor parameter = parameters[i].value();
    const Tensor view = cut(values_, slices_[i]);
    view.copy_(parameter);
    parameter.set_data(view);
    parameters_.push_back(parameter);
    gradient_views_.push_back(cut(gradients_, slices_[i]));
    parameter.mutable_grad() = gradient_views_.back();
  }
}

// Autograd adds to a gradient that is there, and hands over what it has computed where none is: neither zeros
// nor sums nor copies.
bool FlatParameters::takes_gradients_over() const { return can_fuse(gradients_); }

void FlatParameters::clear_gradients() {
  found_.clear();
  if (!takes_gradients_over()) {
    gradients_.zero_();
    return;
  }
  for (Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

Tensor FlatParameters::find_gradients() {
  const torch::NoGradGuard no_grad;
  if (!takes_gradients_over()) return find_collected_gradients();
  found_.clear();
  std::vector<Tensor> gradients;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].grad().defined()) {
      parameters_[i].mutable_grad() = gradient_views_[i].zero_();
    } else if (parameters_[i].grad().strides() != gradient_views_[i].strides()) {
      parameters_[i].mutable_grad() = gradient_views_[i].copy_(parameters_[i].grad());
    }
    gradients.push_back(parameters_[i].grad());
    found_.push_back({gradients.back(), slices_[i].offset});
  }
  return torch::scalar_tensor(norm_of_all(gradients));
}

std::vector<Tensor> FlatParameters::computed_gradients() const {
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : parameters_) gradients.push_back(parameter.grad());
  return gradients;
}

void FlatParameters::set_computed_gradients(const std::vector<Tensor>& gradients) {
  for (size_t i = 0; i < parameters_.size(); ++i) parameters_[i].mutable_grad() = gradients[i];
}

void FlatParameters::collect_gradients(size_t first, size_t last) {
  if (!takes_gradients_over()) return;
  const torch::NoGradGuard no_grad;
  for (size_t i = first; i < last; ++i) {
    const Tensor computed = std::exchange(parameters_[i].mutable_grad(), gradient_views_[i]);
    if (computed.defined()) {
      gradient_views_[i].copy_(computed);
    } else {
      gradient_views_[i].zero_();
    }
  }
}

void FlatParameters::on_gradient(const std::function<void(size_t)>& heard) {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    std::unique_ptr<Hook> hook;
    if (heard) hook = std::make_unique<Hook>([heard, i] { heard(i); });
    torch::autograd::impl::set_post_acc_grad_hooks(parameters_[i], std::move(hook));
  }
}

Tensor FlatParameters::find_collected_gradients() {
  found_ = {{gradients_}};
  return takes_gradients_over() ? torch::scalar_tensor(norm_of_all({&gradients_, 1})) : gradients_.norm();
}

Tensor FlatParameters::cut(const Tensor& buffer, const Slice& slice) {
  return buffer.as_strided(slice.shape, slice.strides, buffer.storage_offset() + slice.offset);
}

std::vector<FlatParameters::NamedView> FlatParameters::views(const Tensor& buffer) const {
  std::vector<NamedView> result;
  for (const Slice& slice : slices_) result.push_back({slice.name, cut(buffer, slice)});
  return result;
}

}  // namespace vae
