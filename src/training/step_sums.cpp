#include "training/step_sums.h"

#include <algorithm>
#include <limits>

#include "kernels/fused.h"

namespace vae {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum Quantity : int64_t { kObjective, kReconstruction, kKl, kGradientNorm, kSteps, kSkipped, kQuantities };

StepAverages averages(const Tensor& sums) {
  const Tensor host = sums.cpu();
  const auto sum = [&host](Quantity quantity) { return host.data_ptr<double>()[quantity]; };
  const double finite = std::max(sum(kSteps) - sum(kSkipped), 1.0);
  return {.objective = sum(kObjective) / finite,
          .reconstruction = sum(kReconstruction) / finite,
          .kl = sum(kKl) / finite,
          .gradient_norm = sum(kGradientNorm) / finite,
          .steps = static_cast<int64_t>(sum(kSteps)),
          .skipped = static_cast<int64_t>(sum(kSkipped))};
}

}  // namespace

StepSums::StepSums(torch::Device device)
    : state_(torch::zeros({2, kQuantities}, torch::TensorOptions(device).dtype(torch::kDouble))),
      sums_(state_[0]),
      taken_(state_[1]),
      last_loss_(torch::zeros({}, state_.options())) {}

void StepSums::add(const Terms& terms, const Tensor& gradient_norm, const Tensor& non_finite) {
  const torch::NoGradGuard no_grad;
  if (can_fuse(terms.objective, gradient_norm)) return add_here(terms, gradient_norm, non_finite);
  const Tensor values = torch::stack({terms.objective, terms.reconstruction, terms.kl, gradient_norm});
  const Tensor skipped = non_finite.to(torch::kDouble);
  sums_.narrow(0, kObjective, 4).add_(torch::where(non_finite == 1, torch::zeros_like(values), values));
  last_loss_.copy_(torch::where(skipped == 1, kNan, -values[0]));
  sums_[kSteps].add_(1);
  sums_[kSkipped].add_(skipped);
}

// The same where reading costs nothing.
void StepSums::add_here(const Terms& terms, const Tensor& gradient_norm, const Tensor& non_finite) {
  double* sums = sums_.data_ptr<double>();
  sums[kSteps] += 1;
  const bool is_finite = non_finite.item<double>() == 0;
  const double objective = terms.objective.item<double>();
  *last_loss_.data_ptr<double>() = is_finite ? -objective : kNan;
  if (!is_finite) {
    sums[kSkipped] += 1;
    return;
  }
  sums[kObjective] += objective;
  sums[kReconstruction] += terms.reconstruction.item<double>();
  sums[kKl] += terms.kl.item<double>();
  sums[kGradientNorm] += gradient_norm.item<double>();
}

StepAverages StepSums::of_epoch() const { return averages(sums_); }

StepAverages StepSums::since_last_take() const { return averages(sums_ - taken_); }

void StepSums::begin_epoch() { state_.zero_(); }

}  // namespace vae
