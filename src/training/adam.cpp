#include "training/adam.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>

#include <type_traits>

#include "kernels/adam.h"
#include "kernels/fused.h"
#include "training/gradient_lists.h"

namespace vae {
namespace {

// The rate as a number, or as a tensor.
template <class Rate>
void update(const AdamConfig& config, const std::vector<Tensor>& values, const std::vector<Tensor>& gradients,
            const std::vector<Tensor>& first, const std::vector<Tensor>& second,
            const std::vector<Tensor>& steps, const Rate& learning_rate, const Tensor& non_finite) {
  at::_fused_adam_(values, gradients, first, second, /*max_exp_avg_sqs=*/{}, steps, learning_rate,
                   config.beta1, config.beta2, config.weight_decay, config.epsilon, /*amsgrad=*/false,
                   /*maximize=*/false,
                   /*grad_scale=*/{}, non_finite);
}

template <class Rate>
void update(const AdamWConfig& config, const std::vector<Tensor>& values,
            const std::vector<Tensor>& gradients, const std::vector<Tensor>& first,
            const std::vector<Tensor>& second, const std::vector<Tensor>& steps, const Rate& learning_rate,
            const Tensor& non_finite) {
  at::_fused_adamw_(values, gradients, first, second, /*max_exp_avg_sqs=*/{}, steps, learning_rate,
                    config.beta1, config.beta2, config.weight_decay, config.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false,
                    /*grad_scale=*/{}, non_finite);
}

template <class Config>
class Adam : public Optimizer {
 public:
  Adam(const Config& config, const Tensor& values)
      : config_(config),
        first_(torch::zeros_like(values)),
        second_(torch::zeros_like(values)),
        updates_(torch::zeros({}, values.options().dtype(torch::kFloat))) {}

  void step(const Tensor& values, std::span<const GradientPiece> gradients, const Descent& descent) override {
    if (descent.rate.defined()) return step_at(descent.rate, values, gradients, descent);
    const double learning_rate = config_.learning_rate * descent.rate_factor;
    if (can_fuse(values)) return step_here(values, gradients, learning_rate, descent);
    step_at(learning_rate, values, gradients, descent);
  }

  double learning_rate() const override { return config_.learning_rate; }

  State state() const override { return {{{"exp_avg", first_}, {"exp_avg_sq", second_}}, updates_}; }

 private:
  template <class Rate>
  void step_at(const Rate& learning_rate, const Tensor& values, std::span<const GradientPiece> gradients,
               const Descent& descent) {
    const GradientLists lists(gradients, descent.scale);
    // The update divides by bias corrections of this count: it moves on only where the update is made.
    updates_.add_(1 - descent.non_finite);
    update(config_, lists.parts_of(values), lists.gradients(), lists.parts_of(first_),
           lists.parts_of(second_), std::vector<Tensor>(gradients.size(), updates_), learning_rate,
           descent.non_finite);
  }

  // The same where reading costs nothing.
  void step_here(const Tensor& values, std::span<const GradientPiece> gradients, double learning_rate,
                 const Descent& descent) {
    if (descent.non_finite.template item<float>() != 0) return;
    float* updates = updates_.template data_ptr<float>();
    ++*updates;
    update_adam({.learning_rate = learning_rate,
                 .beta1 = config_.beta1,
                 .beta2 = config_.beta2,
                 .epsilon = config_.epsilon,
                 .weight_decay = config_.weight_decay,
                 .decays_weights = std::is_same_v<Config, AdamWConfig>,
                 .updates = static_cast<int64_t>(*updates),
                 .gradient_scale = descent.scale.defined() ? descent.scale.template item<double>() : 1},
                values, gradients, first_, second_);
  }

  Config config_;
  Tensor first_;
  Tensor second_;
  Tensor updates_;
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const AdamConfig& config, const Tensor& values) {
  return std::make_unique<Adam<AdamConfig>>(config, values);
}

std::unique_ptr<Optimizer> make_optimizer(const AdamWConfig& config, const Tensor& values) {
  return std::make_unique<Adam<AdamWConfig>>(config, values);
}

}  // namespace vae
