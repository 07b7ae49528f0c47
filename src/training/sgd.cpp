#include "training/sgd.h"

#include <ATen/ops/_fused_sgd.h>

#include "training/gradient_lists.h"

namespace vae {
namespace {

class Sgd : public Optimizer {
 public:
  Sgd(const SgdConfig& config, const Tensor& values) : config_(config) {
    if (config.momentum > 0) momentum_ = torch::zeros_like(values);
  }

  void step(const Tensor& values, std::span<const GradientPiece> gradients, const Descent& descent) override {
    if (descent.rate.defined()) return step_at(descent.rate, values, gradients, descent);
    step_at(config_.learning_rate * descent.rate_factor, values, gradients, descent);
  }

  double learning_rate() const override { return config_.learning_rate; }

  State state() const override {
    if (!momentum_.defined()) return {};
    return {{{"momentum", momentum_}}, {}};
  }

 private:
  // The rate as a number, or as a tensor.
  template <class Rate>
  void step_at(const Rate& learning_rate, const Tensor& values, std::span<const GradientPiece> gradients,
               const Descent& descent) {
    const GradientLists lists(gradients, descent.scale);
    // Momentum that starts at zero needs no first step of its own.
    at::_fused_sgd_(lists.parts_of(values), lists.gradients(),
                    momentum_.defined() ? lists.parts_of(momentum_) : std::vector<Tensor>(),
                    config_.weight_decay, config_.momentum, learning_rate, /*dampening=*/0, config_.nesterov,
                    /*maximize=*/false, /*is_first_step=*/false, /*grad_scale=*/{}, descent.non_finite);
  }

  SgdConfig config_;
  Tensor momentum_;  // undefined without
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const SgdConfig& config, const Tensor& values) {
  return std::make_unique<Sgd>(config, values);
}

}  // namespace vae
