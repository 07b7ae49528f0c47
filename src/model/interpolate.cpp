#include "model/interpolate.h"

#include <cmath>
#include <numbers>

#include "core/error.h"

namespace vae {
namespace {

// Nearer to 0 or to pi than this an angle's sine has lost half of its digits.
constexpr double kSmallestAngle = 1e-4;

double angle(const Tensor& from, const Tensor& to) {
  const Tensor a = from.to(torch::kDouble), b = to.to(torch::kDouble);
  const double norms = (a.norm() * b.norm()).item<double>();
  if (norms == 0) return 0;
  // 2 atan2(|a/|a| - b/|b||, |a/|a| + b/|b||), exact near 0 and pi where acos is not (Kahan 2006).
  const Tensor u = a / a.norm(), v = b / b.norm();
  return 2 * std::atan2((u - v).norm().item<double>(), (u + v).norm().item<double>());
}

}  // namespace

Tensor interpolate(const Tensor& from, const Tensor& to, int64_t steps, Interpolation interpolation) {
  const Tensor t = torch::linspace(0, 1, steps, from.options().dtype(torch::kDouble)).unsqueeze(1);
  const auto combine = [&](const Tensor& share_of_from, const Tensor& share_of_to) {
    return (share_of_from * from + share_of_to * to).to(from.scalar_type());
  };
  const double omega = interpolation == Interpolation::spherical ? angle(from, to) : 0;
  if (omega < kSmallestAngle) return combine(1 - t, t);
  if (omega > std::numbers::pi - kSmallestAngle) {
    throw UsageError("two latents point opposite ways: no one arc leads from one to the other; use linear");
  }
  return combine(torch::sin((1 - t) * omega), torch::sin(t * omega)).div(std::sin(omega));
}

}  // namespace vae
