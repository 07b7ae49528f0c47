#include "objectives/baseline.h"

#include "core/error.h"
#include "model/layers.h"

namespace vae {
namespace {

Tensor zero_like(const Tensor& values) { return torch::zeros({}, values.options()); }

class NoBaseline : public Baseline {
 public:
  Result compare(const Tensor&, const Tensor&, const Tensor& value, const Bound&) override {
    return {zero_like(value), zero_like(value)};
  }
};

class MovingAverageBaseline : public Baseline {
 public:
  explicit MovingAverageBaseline(double decay)
      : decay_(decay),
        sum_(register_buffer("sum", torch::zeros({}))),
        weight_(register_buffer("weight", torch::zeros({}))) {}

  // The sum and the weights of the steps behind us, so that the first step has no say in its own baseline.
  Result compare(const Tensor&, const Tensor&, const Tensor& value, const Bound&) override {
    const torch::NoGradGuard no_grad;
    const Tensor mean = sum_ / weight_.clamp_min(1e-12);
    const Tensor now = value.mean();
    const Tensor finite = torch::isfinite(now);
    sum_.copy_(torch::where(finite, decay_ * sum_ + (1 - decay_) * now, sum_));
    weight_.copy_(torch::where(finite, decay_ * weight_ + (1 - decay_), weight_));
    return {mean, zero_like(value)};
  }

 private:
  double decay_;
  Tensor sum_;
  Tensor weight_;
};

class LearnedBaseline : public Baseline {
 public:
  LearnedBaseline(const LearnedBaselineConfig& config, const PictureShape& picture)
      : hidden_(register_module(
            "hidden", std::make_shared<Linear>(picture.elements(), config.hidden, Activation::tanh))),
        output_(register_module("output", std::make_shared<Linear>(config.hidden, 1, Activation::identity))) {
  }

  void initialize(Random random) override {
    hidden_->initialize(random);
    output_->initialize(random.at(1));
  }

  Result compare(const Tensor& x, const Tensor&, const Tensor& value, const Bound&) override {
    const Tensor guess = output_->forward(hidden_->forward(x.flatten(1))).squeeze(-1).to(value.scalar_type());
    return {guess.detach(), (value - guess).square().mean()};
  }

 private:
  std::shared_ptr<Linear> hidden_;
  std::shared_ptr<Linear> output_;
};

class LeaveOneOut : public Baseline {
 public:
  Result compare(const Tensor&, const Tensor& log_weights, const Tensor& value, const Bound& bound) override {
    const Tensor values =
        log_weights.size(0) > 1 ? without_importance_sample(log_weights, bound) : mean_of_others(value);
    return {values, zero_like(value)};
  }

 private:
  // [M, N]: the mean of the other M - 1 values.
  static Tensor mean_of_others(const Tensor& value) {
    const int64_t samples = value.size(0);
    return (value.sum(0, /*keepdim=*/true) - value) / static_cast<double>(samples - 1);
  }

  // [K, M, N]: the bound with log w_k replaced by the mean of the others' (their geometric mean as weights).
  static Tensor without_importance_sample(const Tensor& log_weights, const Bound& bound) {
    const int64_t count = log_weights.size(0);
    const Tensor others =
        (log_weights.sum(0, /*keepdim=*/true) - log_weights) / static_cast<double>(count - 1);
    const Tensor is_left_out =
        torch::eye(count, log_weights.options().dtype(torch::kBool)).view({count, count, 1, 1});
    return bound.value(torch::where(is_left_out, others.unsqueeze(1), log_weights.unsqueeze(1)));
  }
};

std::shared_ptr<Baseline> make(const NoBaselineConfig&, const PictureShape&) {
  return std::make_shared<NoBaseline>();
}
std::shared_ptr<Baseline> make(const MovingAverageBaselineConfig& config, const PictureShape&) {
  return std::make_shared<MovingAverageBaseline>(config.decay);
}
std::shared_ptr<Baseline> make(const LearnedBaselineConfig& config, const PictureShape& picture) {
  return std::make_shared<LearnedBaseline>(config, picture);
}
std::shared_ptr<Baseline> make(const LeaveOneOutConfig&, const PictureShape&) {
  return std::make_shared<LeaveOneOut>();
}

}  // namespace

std::shared_ptr<Baseline> make_baseline(const BaselineConfig& config, const PictureShape& picture) {
  return config.visit([&](const auto& row) { return make(row, picture); });
}

}  // namespace vae
