#include "distributions/mixture_weights.h"

#include <limits>

#include "core/error.h"
#include "core/noise.h"

namespace vae {

Tensor class_of_component(int64_t components, int64_t classes, const torch::TensorOptions& options) {
  if (classes == 0) return {};
  return torch::arange(components, options.dtype(torch::kLong)).remainder(classes);
}

Tensor log_weights(const Tensor& logits, int64_t classes, const Tensor& labels) {
  if (classes == 0) return torch::log_softmax(logits, 0);
  const Tensor belongs =
      class_of_component(logits.size(0), classes, logits.options()) == labels.unsqueeze(-1);
  return torch::log_softmax(logits.masked_fill(~belongs, -std::numeric_limits<double>::infinity()), -1);
}

Tensor draw_component(const Tensor& log_weights, int64_t count, Random& random) {
  const Tensor cumulative = log_weights.exp().cumsum(-1).expand({count, -1}).contiguous();
  // The last sum is 1 up to rounding: the draw is scaled to it, so that no component without weight is drawn.
  const Tensor total = cumulative.slice(1, -1);
  const Tensor position = uniform(random, {count, 1}, cumulative.options()) * total;
  return torch::searchsorted(cumulative, position).squeeze(-1).clamp_max(cumulative.size(1) - 1);
}

void require_component_per_class(int64_t components, const PriorSetting& setting, std::string_view type) {
  if (components >= setting.classes) return;
  throw UsageError(
      "model.prior: {} components of \"{}\" are fewer than the {} classes that model.condition.prior gives "
      "one each; give more, or set it to false",
      components, type, setting.classes);
}

}  // namespace vae
