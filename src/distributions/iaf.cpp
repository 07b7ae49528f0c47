#include "distributions/iaf.h"

#include <ranges>
#include <string>
#include <utility>

namespace vae {
namespace {

// Where the gates' biases start: sigmoid(2) = 0.88, so that a step begins near the identity; Kingma et al.
// 2016, section 4, advise 1 to 2, as for the forget gate of an LSTM.
constexpr double kInitialGate = 2;

class IafFamily : public PosteriorFamily {
 public:
  IafFamily(const IafConfig& config, int64_t latent) : latent_(latent), context_(config.context) {
    for (int64_t step = 0; step < config.flows; ++step) {
      const Ordering ordering = step % 2 == 0 ? Ordering::ascending : Ordering::descending;
      steps_.push_back(register_module("step" + std::to_string(step),
                                       std::make_shared<Made>(MadeSetting{.dimensions = latent,
                                                                          .context = config.context,
                                                                          .hidden = config.hidden,
                                                                          .outputs = 2,
                                                                          .ordering = ordering})));
    }
    initialize(Random(0, "inverse autoregressive flow"));
  }

  void initialize(Random random) override {
    const torch::NoGradGuard no_grad;
    for (const auto& step : steps_) {
      step->initialize(random);
      step->output_bias()[1].fill_(kInitialGate);
    }
  }

  int64_t parameters_per_picture() const override { return 2 * latent_ + context_; }
  bool has_parameters_per_dimension() const override { return false; }
  LatentSpace latent_space() const override { return {.dimensions = latent_}; }

  std::unique_ptr<Posterior> at(const Tensor& parameters) const override {
    const std::vector<Tensor> parts = parameters.split_with_sizes({2 * latent_, context_}, 1);
    std::vector<AutoregressiveFunction> functions;
    for (const auto& step : steps_) functions.push_back(step->function());
    return std::make_unique<Iaf>(DiagonalGaussian(parts[0]), parts[1], std::move(functions));
  }

 private:
  int64_t latent_;
  int64_t context_;
  std::vector<std::shared_ptr<Made>> steps_;
};

}  // namespace

Iaf::Iaf(DiagonalGaussian base, Tensor context, std::vector<AutoregressiveFunction> steps)
    : Flow(std::move(base)), context_(std::move(context)), steps_(std::move(steps)) {}

Transported Iaf::transport(const Tensor& z) const {
  Transported point{z, torch::zeros_like(z.select(-1, 0))};
  for (const AutoregressiveFunction& step : steps_) {
    const std::vector<Tensor> outputs = step(point.z, context_).chunk(2, -1);
    const Tensor &m = outputs[0], &a = outputs[1];
    point.z = torch::lerp(m, point.z, torch::sigmoid(a));
    point.log_determinant = point.log_determinant + torch::log_sigmoid(a).sum(-1);
  }
  return point;
}

// In the order of the dimensions, m and a of each are known once those before it are:
// y = s x + (1 - s) m gives x = y + e^-a (y - m). Those not yet known are 0, which nothing sees.
Transported Iaf::invert_step(const AutoregressiveFunction& step, const Tensor& z) const {
  const std::vector<Tensor> given = z.unbind(-1);
  std::vector<Tensor> found(given.size(), torch::zeros_like(given.front()));
  Tensor log_determinant = torch::zeros_like(given.front());
  for (const int64_t dimension : step.order(z.size(-1))) {
    const std::vector<Tensor> outputs = step(torch::stack(found, -1), context_).chunk(2, -1);
    const Tensor m = outputs[0].select(-1, dimension), a = outputs[1].select(-1, dimension);
    const Tensor& y = given[static_cast<size_t>(dimension)];
    found[static_cast<size_t>(dimension)] = y + torch::exp(-a) * (y - m);
    log_determinant = log_determinant + torch::log_sigmoid(a);
  }
  return {torch::stack(found, -1), log_determinant};
}

Transported Iaf::invert(const Tensor& z) const {
  Transported point{z, torch::zeros_like(z.select(-1, 0))};
  for (const AutoregressiveFunction& step : steps_ | std::views::reverse) {
    const Transported before = invert_step(step, point.z);
    point = {before.z, point.log_determinant + before.log_determinant};
  }
  return point;
}

Tensor Iaf::log_prob(const Tensor& z) const {
  const Transported start = invert(z);
  return base().log_prob(start.z) - start.log_determinant;
}

std::unique_ptr<Posterior> Iaf::detached() const {
  std::vector<AutoregressiveFunction> constants;
  for (const AutoregressiveFunction& step : steps_) constants.push_back(step.detached());
  return std::make_unique<Iaf>(detached_base(), context_.detach(), std::move(constants));
}

std::shared_ptr<PosteriorFamily> make_posterior(const IafConfig& config, int64_t latent) {
  return std::make_shared<IafFamily>(config, latent);
}

}  // namespace vae
