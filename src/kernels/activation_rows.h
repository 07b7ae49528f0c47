// Nonlinearities over rows of channels, and their derivatives.
#pragma once

#include "core/tensor.h"

namespace vae {

/// The nonlinearities whose derivative follows from their value, so that nothing else needs to be kept.
enum class FusedActivation { identity, relu, leaky_relu, tanh };

/// rows <- activation(rows + bias): rows [rows, channels] dense, bias [channels], float32 on the processor.
/// Within 3 units in the last place.
void activate_rows(FusedActivation activation, const Tensor& bias, const Tensor& rows);

/// The same of `count` rows, on this thread.
void activate_rows(FusedActivation activation, const float* bias, int64_t channels, float* rows,
                   int64_t count);

struct RowGradients {
  Tensor before_activation;  // like the rows
  Tensor bias;               // [channels], float32: their sum
};

/// From activation's value y and the gradient that arrives at it, both [rows, channels] and dense; float32 or
/// bfloat16 on the processor. Sums are taken in an order that does not depend on the number of threads.
RowGradients differentiate_rows(FusedActivation activation, const Tensor& y, const Tensor& gradient);

namespace reference {
Tensor activate(FusedActivation activation, const Tensor& x);
}

}  // namespace vae
