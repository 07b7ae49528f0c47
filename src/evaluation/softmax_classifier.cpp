#include "evaluation/softmax_classifier.h"

#include <spdlog/spdlog.h>

#include "model/evaluation_mode.h"
#include "model/layers.h"
#include "training/flat_parameters.h"
#include "training/optimizers.h"

namespace vae {
namespace {

/// A network that gives the logits of the classes.
std::shared_ptr<Encoder> make_network(const SoftmaxClassifierSetting& setting, const Pictures& train,
                                      uint64_t seed) {
  NetworkConfig config = setting.network;
  // Classes have no place in the picture, whatever latents have.
  if (auto* resnet = config.get_if<ResnetConfig>()) resnet->spatial = false;
  std::shared_ptr<Encoder> network = make_encoder(
      config, {.picture = train.dataset().shape(), .outputs = setting.classes, .latent = setting.classes});
  initialize_layers(*network, seed);
  network->to(train.device(), train.type());
  return network;
}

Tensor cross_entropy(const Encoder& network, const Batch& batch) {
  const Tensor log_probabilities = torch::log_softmax(network.forward(batch.x), 1);
  return -log_probabilities.gather(1, batch.labels.unsqueeze(1)).mean();
}

void fit(Encoder& network, const SoftmaxClassifierSetting& setting, const Pictures& train, uint64_t seed) {
  TrainingBatches batches(
      train, {.batch_size = setting.batch_size, .horizontal_flip = setting.horizontal_flip}, seed);
  const FlatParameters parameters(network.named_parameters());
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(AdamConfig{}, parameters.values());
  const Tensor always_finite = torch::zeros({}, torch::TensorOptions(train.device()).dtype(torch::kFloat));
  for (int64_t epoch = 0; epoch < setting.epochs; ++epoch) {
    Tensor sum = torch::zeros({}, parameters.values().options());
    for (int64_t position = 0; position < batches.per_epoch(); ++position) {
      const Tensor loss = cross_entropy(network, batches.get(epoch, position));
      parameters.gradients().zero_();
      loss.backward();
      const torch::NoGradGuard no_grad;
      optimizer->step(parameters.values(), parameters.gradients(), {.non_finite = always_finite});
      sum += loss.detach();
    }
    spdlog::info("softmax classifier: epoch {}/{}, cross entropy {:.4f} nats", epoch + 1, setting.epochs,
                 sum.item<double>() / static_cast<double>(batches.per_epoch()));
  }
}

}  // namespace

Confusion softmax_classification(const SoftmaxClassifierSetting& setting, const Pictures& train,
                                 const EvaluationBatches& batches, uint64_t seed) {
  const std::shared_ptr<Encoder> network = make_network(setting, train, seed);
  fit(*network, setting, train, seed);
  const torch::NoGradGuard no_grad;
  const EvaluationMode evaluation(*network);
  Confusion confusion(setting.classes);
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    confusion.add(batch.labels, network->forward(batch.x).argmax(1));
  }
  return confusion;
}

}  // namespace vae
