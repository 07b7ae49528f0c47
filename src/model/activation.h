// Nonlinearities between layers.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "core/tensor.h"

namespace vae {

enum class Activation { identity, relu, leaky_relu, elu, gelu, silu, tanh };

/// Those that a config can name.
inline constexpr auto names(Tag<Activation>) {
  using Name = std::pair<std::string_view, Activation>;
  return std::array{Name{"relu", Activation::relu}, Name{"leaky_relu", Activation::leaky_relu},
                    Name{"elu", Activation::elu},   Name{"gelu", Activation::gelu},
                    Name{"silu", Activation::silu}, Name{"tanh", Activation::tanh}};
}

Tensor activate(const Tensor& x, Activation activation);

}  // namespace vae
