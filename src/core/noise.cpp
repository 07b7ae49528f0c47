#include "core/noise.h"

#include <c10/util/accumulate.h>

#include <numbers>
#include <span>
#include <vector>

namespace vae {
namespace {

// The 23 high bits of a word, in the middle of their interval: never 0, never 1. With one bit more the middle
// of the last interval would round to 1.
float unit_interval(uint32_t word) { return static_cast<float>(word >> 9) * 0x1p-23f + 0x1p-24f; }

std::vector<uint32_t> draw_words(Random& random, uint64_t count) {
  std::vector<uint32_t> words(count);
  random.fill(words);
  return words;
}

uint64_t elements(torch::IntArrayRef shape) { return static_cast<uint64_t>(c10::multiply_integers(shape)); }

}  // namespace

Tensor uniform(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  const std::vector<uint32_t> words = draw_words(random, elements(shape) * kWordsPerUniform);
  Tensor result = torch::empty(shape, torch::kFloat);
  float* out = result.data_ptr<float>();
  for (size_t i = 0; i < words.size(); ++i) out[i] = unit_interval(words[i]);
  return result.to(options);
}

Tensor normal(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  const uint64_t count = elements(shape);
  const std::vector<uint32_t> words = draw_words(random, count * kWordsPerNormal);
  Tensor radius = torch::empty(shape, torch::kFloat);
  Tensor angle = torch::empty(shape, torch::kFloat);
  float* r = radius.data_ptr<float>();
  float* a = angle.data_ptr<float>();
  constexpr float kTurn = 2 * std::numbers::pi_v<float>;
  for (size_t i = 0; i < count; ++i) {
    // All 32 bits of the first word: the farthest draw lies at 6.8 standard deviations.
    r[i] = static_cast<float>(words[2 * i]) * 0x1p-32f + 0x1p-33f;
    a[i] = kTurn * unit_interval(words[2 * i + 1]);
  }
  return radius.log_().mul_(-2).sqrt_().mul_(angle.cos_()).to(options);
}

Tensor bernoulli(Random& random, const Tensor& probabilities) {
  const Tensor draws = uniform(random, probabilities.sizes(), probabilities.options());
  return (draws < probabilities).to(probabilities.scalar_type());
}

}  // namespace vae
