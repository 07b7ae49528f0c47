#include "training/sgd.h"

#include <ATen/ops/_fused_sgd.h>

namespace vae {
namespace {

class Sgd : public Optimizer {
 public:
  Sgd(const SgdConfig& config, const Tensor& values) : config_(config) {
    if (config.momentum > 0) momentum_ = {torch::zeros_like(values)};
  }

  void step(const Tensor& values, const Tensor& gradients, const Descent& descent) override {
    if (descent.scale.defined()) gradients.mul_(descent.scale);
    // Momentum that starts at zero needs no first step of its own.
    at::_fused_sgd_({values}, {gradients}, momentum_, config_.weight_decay, config_.momentum,
                    config_.learning_rate * descent.rate_factor, /*dampening=*/0, config_.nesterov,
                    /*maximize=*/false,
                    /*is_first_step=*/false, /*grad_scale=*/{}, descent.non_finite);
  }

  double learning_rate() const override { return config_.learning_rate; }

  State state() const override {
    State state;
    for (const Tensor& buffer : momentum_) state.buffers.push_back({"momentum", buffer});
    return state;
  }

 private:
  SgdConfig config_;
  std::vector<Tensor> momentum_;  // one buffer, or none without momentum, as the fused operation wants it
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const SgdConfig& config, const Tensor& values) {
  return std::make_unique<Sgd>(config, values);
}

}  // namespace vae
