#include "distributions/constraint.h"

#include <fmt/format.h>

#include <stdexcept>

namespace vae {
namespace {

// e^30 is beyond the scale of any pixel, and its square still a float32.
constexpr double kLargestExponent = 30;

// What lies nearer to the ends of what can be reached starts there.
constexpr double kLeast = 1e-12;
constexpr double kEdge = 1e-6;  // of the sigmoid, in float32 too

}  // namespace

Tensor constrain(const Tensor& raw, Constraint constraint, double floor) {
  switch (constraint) {
    case Constraint::exp:
      return floor + torch::exp(raw.clamp_max(kLargestExponent));
    case Constraint::softplus:
      // log(e^0 + e^x'), whose derivative loses no digits where x' is very negative.
      return floor + torch::logaddexp(raw, torch::zeros({}, raw.options()));
    case Constraint::sigmoid:
      return floor + torch::sigmoid(raw);
    case Constraint::projected:
      return raw;
  }
  throw std::logic_error("a constraint without a function");
}

Tensor unconstrain(const Tensor& constrained, Constraint constraint, double floor) {
  if (constraint == Constraint::projected) return constrained.clamp_min(floor);
  const Tensor above = (constrained - floor).clamp_min(kLeast);
  switch (constraint) {
    case Constraint::exp:
      return torch::log(above);
    case Constraint::softplus:
      return above + torch::log(-torch::expm1(-above));
    default:
      return torch::logit(above, kEdge);
  }
}

void project(const Tensor& parameter, Constraint constraint, double floor) {
  if (constraint != Constraint::projected) return;
  const torch::NoGradGuard no_grad;
  parameter.clamp_min_(floor);
}

std::optional<std::string> check_of_decoder_output(std::string_view key, Constraint constraint) {
  if (constraint != Constraint::projected) return std::nullopt;
  return fmt::format(
      "{0}: \"projected\" clamps a free parameter after each step, but the decoder gives this one anew for "
      "each picture; use \"exp\", \"softplus\" or \"sigmoid\" for {0}",
      key);
}

std::optional<std::string> check_initial(double initial, Constraint constraint, double floor) {
  if (constraint == Constraint::projected && initial >= floor) return std::nullopt;
  if (initial <= floor) {
    return fmt::format("initial: {} is not above floor: {}; raise initial or lower floor", initial, floor);
  }
  if (constraint == Constraint::sigmoid && initial >= floor + 1) {
    return fmt::format(
        "initial: {} is not below floor + 1, the most that constraint: \"sigmoid\" reaches; lower initial, "
        "or "
        "use \"exp\" or \"softplus\"",
        initial);
  }
  return std::nullopt;
}

}  // namespace vae
