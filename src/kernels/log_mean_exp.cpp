#include "kernels/log_mean_exp.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tape.h"
#include "kernels/fused.h"

namespace vae {
namespace {

/// K numbers that lie `stride` elements apart.
struct Column {
  const float* x;
  int64_t count, stride;
  double at(int64_t k) const { return static_cast<double>(x[k * stride]); }
};

double largest(const Column& column, double power) {
  double result = -std::numeric_limits<double>::infinity();
  for (int64_t k = 0; k < column.count; ++k) {
    const double x = power * column.at(k);
    if (!(x <= result)) result = x;  // NaN is the largest, and stays
    if (std::isnan(result)) break;
  }
  return result;
}

/// The value; the shares of the numbers go to `shares`, spaced as they are, where it is not null.
double log_mean_exp(const Column& column, double power, float* shares) {
  const double top = largest(column, power), shift = std::isinf(top) ? 0 : top;
  double sum = 0;
  for (int64_t k = 0; k < column.count; ++k) {
    const double term = std::exp(power * column.at(k) - shift);
    sum += term;
    if (shares) shares[k * column.stride] = static_cast<float>(term);
  }
  for (int64_t k = 0; shares && k < column.count; ++k) shares[k * column.stride] /= static_cast<float>(sum);
  return (shift + std::log(sum / static_cast<double>(column.count))) / power;
}

/// x is dense.
Tensor log_mean_exp(const Tensor& x, double power, const Tensor& shares) {
  const Tensor result = uninitialized(x.sizes().slice(1));
  const int64_t count = x.size(0), columns = result.numel();
  const float* in = x.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  float* to = shares.defined() ? shares.data_ptr<float>() : nullptr;
  perform({&x, &shares, &result}, [=] {
    for_each_row(columns, count, [=](int64_t i) {
      out[i] = static_cast<float>(log_mean_exp({in + i, count, columns}, power, to ? to + i : nullptr));
    });
  });
  return result;
}

class LogMeanExp : public torch::autograd::Function<LogMeanExp> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double power) {
    const Tensor shares = uninitialized(x.sizes());
    context->save_for_backward({shares});
    return log_mean_exp(x, power, shares);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("log_mean_exp");
    return {context->get_saved_variables()[0] * gradients[0], Tensor()};
  }
};

}  // namespace

namespace reference {

Tensor log_mean_exp(const Tensor& x, double power) {
  return (torch::logsumexp(power * x, 0) - std::log(static_cast<double>(x.size(0)))) / power;
}

}  // namespace reference

Tensor log_mean_exp(const Tensor& x, double power) {
  if (!can_fuse(x) || x.dim() == 0) return reference::log_mean_exp(x, power);
  const Tensor dense = x.contiguous();
  return needs_gradient(x) ? LogMeanExp::apply(dense, power) : log_mean_exp(dense, power, /*shares=*/{});
}

}  // namespace vae
