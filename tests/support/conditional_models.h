// Small models that are conditioned on classes, and labelled pictures for them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/batches.h"
#include "data/memory.h"
#include "support/models.h"

namespace vae::test {

/// Pictures of two classes, "left" and "right": the left or the right half is white. A strip of one more
/// pixel, which both may have, makes those of one class differ.
class HalvedPictures : public Dataset {
 public:
  explicit HalvedPictures(std::vector<int64_t> labels) : labels_(std::move(labels)) {}

  int64_t size() const override { return std::ssize(labels_); }
  PictureShape shape() const override { return {.channels = 1, .height = 2, .width = 6}; }
  void get(int64_t index, std::span<uint8_t> pixels) const override {
    for (size_t i = 0; i < pixels.size(); ++i) {
      const bool is_right = i % 6 >= 3;
      pixels[i] = is_right == (label(index) == 1) ? 255 : 0;
    }
    if (index % 2 == 1) pixels[0] = 255;
  }
  int64_t label(int64_t index) const override { return labels_[static_cast<size_t>(index)]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<int64_t> labels_;
  std::vector<std::string> classes_ = {"left", "right"};
};

inline Pictures halved_pictures(std::vector<int64_t> labels) {
  const HalvedPictures source(std::move(labels));
  return Pictures(std::make_shared<MemoryDataset>(source, 1), PlainObservation{}, {.type = torch::kDouble});
}

/// A conditional model in float64 without hidden layers.
inline std::shared_ptr<Vae> linear_conditional_model(const PictureShape& picture, int64_t classes) {
  ModelConfig config = tiny_config(MlpConfig{.hidden = {}}, BernoulliConfig{});
  config.condition = ConditionConfig{.embedding = 1};
  auto model = std::make_shared<Vae>(config, picture, 1, classes);
  model->to(torch::kDouble);
  return model;
}

/// One that ignores z, takes its q for the prior, and has the halved pictures of each class as its mean, up
/// to the logits' size.
inline std::shared_ptr<Vae> model_of_halves(double logit) {
  const PictureShape picture = HalvedPictures({}).shape();
  auto model = linear_conditional_model(picture, 2);
  const at::NoGradGuard guard;
  fill_parameters(*model, 0);
  for (auto& item : model->named_parameters()) {
    if (item.key() == "embedding.weight") item.value().copy_(values({-1, 1}).view({2, 1}));
    if (item.key() != "decoder.mlp.output.weight") continue;
    const Tensor column = torch::arange(picture.elements()).remainder(6).ge(3).to(torch::kDouble);
    item.value().select(1, -1).copy_(logit * (2 * column - 1));
  }
  return model;
}

}  // namespace vae::test
