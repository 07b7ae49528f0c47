// The weights of a prior that is a mixture, by class where it is conditioned.
#pragma once

#include <string_view>

#include "core/random.h"
#include "core/tensor.h"
#include "distributions/prior.h"

namespace vae {

/// The class k mod classes that component k belongs to: int64 [components]; undefined for classes = 0.
Tensor class_of_component(int64_t components, int64_t classes, const torch::TensorOptions& options);

/// log w_k of the components with the given logits [K]: [K] for classes = 0, else [N, K] for the labels [N],
/// where a component belongs to its class alone.
Tensor log_weights(const Tensor& logits, int64_t classes, const Tensor& labels);

/// The component of each of `count` draws, int64 [count], from weights [K] or [count, K].
Tensor draw_component(const Tensor& log_weights, int64_t count, Random& random);

/// UsageError where a class would have no component.
void require_component_per_class(int64_t components, const PriorSetting& setting, std::string_view type);

}  // namespace vae
