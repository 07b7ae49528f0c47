#include "evaluation/diversity.h"

#include <algorithm>
#include <cmath>

#include "model/generate.h"

namespace vae {
namespace {

/// New pictures of one class, as means and as draws of the likelihood.
struct Drawn {
  Tensor means, draws;
};

Drawn draw(const Vae& model, int64_t label, int64_t count, int64_t batch_size, uint64_t seed) {
  const auto index = torch::TensorOptions(model.options().device()).dtype(torch::kLong);
  Random latents(seed, "diversity latents", static_cast<uint64_t>(label));
  Random pixels(seed, "diversity pixels", static_cast<uint64_t>(label));
  std::vector<Tensor> means, draws;
  for (int64_t first = 0; first < count; first += batch_size) {
    const int64_t size = std::min(batch_size, count - first);
    const Tensor labels = torch::full({size}, label, index);
    const Tensor z = draw_latents(model, size, labels, /*temperature=*/1, latents);
    means.push_back(decode_pictures(model, z, labels, Rendering::mean, pixels));
    draws.push_back(decode_pictures(model, z, labels, Rendering::draw, pixels));
  }
  return {torch::cat(means), torch::cat(draws)};
}

}  // namespace

std::optional<double> mean_pairwise_distance(const Tensor& pictures) {
  if (pictures.size(0) < 2) return std::nullopt;
  const Tensor flat = pictures.flatten(1);
  return torch::pdist(flat).mean().item<double>() / std::sqrt(static_cast<double>(flat.size(1)));
}

std::vector<Diversity> within_class_diversity(const Vae& model, const std::vector<ClassPictures>& data,
                                              int64_t count, int64_t batch_size, uint64_t seed) {
  std::vector<Diversity> result;
  for (const ClassPictures& pictures : data) {
    const Drawn drawn = draw(model, std::ssize(result), count, batch_size, seed);
    result.push_back({.data = mean_pairwise_distance(pictures.first),
                      .draws = mean_pairwise_distance(drawn.draws).value(),
                      .means = mean_pairwise_distance(drawn.means).value()});
  }
  return result;
}

}  // namespace vae
