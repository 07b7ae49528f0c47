// How a number that must stay above a floor is made from one that need not.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "core/tensor.h"

namespace vae {

/// A constrained problem, max f(x) over x > floor, in one of two ways. The first three rows substitute
/// x = floor + g(x') with g from the real line into the positive numbers: the problem in x' is unconstrained,
/// and any optimizer of real numbers solves it. An optimum on the boundary is approached as x' goes to minus
/// infinity. `projected` keeps x itself and puts it back to the floor after each step that went below:
/// projected gradient descent (Bertsekas 1976), which reaches the boundary but needs a parameter to write to.
enum class Constraint {
  exp,       // floor + e^x', for x' up to 30: a step in x' is a step in orders of magnitude
  softplus,  // floor + log(1 + e^x'): as exp below zero, as x' itself above
  sigmoid,   // floor + 1 / (1 + e^-x'): bounded from above too, by floor + 1
  projected  // x' itself, at least the floor because of project()
};

inline constexpr auto names(Tag<Constraint>) {
  using Name = std::pair<std::string_view, Constraint>;
  return std::array{Name{"exp", Constraint::exp}, Name{"softplus", Constraint::softplus},
                    Name{"sigmoid", Constraint::sigmoid}, Name{"projected", Constraint::projected}};
}

/// The constrained number for a raw one, elementwise.
Tensor constrain(const Tensor& raw, Constraint constraint, double floor);

/// The raw number for a constrained one. What the constraint cannot reach, from below or above, becomes the
/// nearest value that leaves it a gradient.
Tensor unconstrain(const Tensor& constrained, Constraint constraint, double floor);

/// Puts a free parameter back to the floor where it fell below, if it is `projected`.
void project(const Tensor& parameter, Constraint constraint, double floor);

/// The complaint about a constraint on what the decoder gives, under the key `key`: it cannot be projected.
std::optional<std::string> check_of_decoder_output(std::string_view key, Constraint constraint);

/// The complaint about an initial value that a constraint cannot reach.
std::optional<std::string> check_initial(double initial, Constraint constraint, double floor);

}  // namespace vae
