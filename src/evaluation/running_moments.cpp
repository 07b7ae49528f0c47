#include "evaluation/running_moments.h"

namespace vae {

void RunningMoments::add(const Tensor& rows) {
  const torch::NoGradGuard no_grad;
  const Tensor values = rows.to(torch::kDouble);
  const Tensor mean = values.mean(0);
  if (!mean_.defined()) {
    mean_ = torch::zeros_like(mean);
    squares_ = torch::zeros_like(mean);
  }
  const auto before = static_cast<double>(count_);
  const auto added = static_cast<double>(rows.size(0));
  const Tensor shift = mean - mean_;
  if (rows.size(0) > 1) squares_ += (values - mean).square().sum(0);
  squares_.addcmul_(shift, shift, before * added / (before + added));
  mean_.add_(shift, added / (before + added));
  count_ += rows.size(0);
}

}  // namespace vae
