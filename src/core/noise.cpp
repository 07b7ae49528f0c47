#include "core/noise.h"

#include <ATen/Parallel.h>
#include <c10/util/accumulate.h>

#include <memory>
#include <numbers>
#include <span>

#include "core/byte_noise.h"
#include "core/target_clones.h"

namespace vae {
namespace {

// The 23 high bits of a word, in the middle of their interval: never 0, never 1. With one bit more the middle
// of the last interval would round to 1.
float unit_interval(uint32_t word) { return static_cast<float>(word >> 9) * 0x1p-23f + 0x1p-24f; }

constexpr int64_t kWordsPerThread = 1 << 15;

/// Words without the zeros that a vector would begin with.
class Words {
 public:
  explicit Words(uint64_t count) : words_(std::make_unique_for_overwrite<uint32_t[]>(count)), count_(count) {}
  const uint32_t* data() const { return words_.get(); }
  std::span<uint32_t> span(int64_t begin, int64_t end) const {
    return {words_.get() + begin, static_cast<size_t>(end - begin)};
  }
  int64_t size() const { return static_cast<int64_t>(count_); }

 private:
  std::unique_ptr<uint32_t[]> words_;
  uint64_t count_;
};

Words draw_words(Random& random, uint64_t count) {
  Words words(count);
  at::parallel_for(0, words.size(), kWordsPerThread, [&](int64_t begin, int64_t end) {
    Random part = random;
    part.skip(static_cast<uint64_t>(begin));
    part.fill(words.span(begin, end));
  });
  random.skip(count);
  return words;
}

VAE_TARGET_CLONES void to_unit_interval(const uint32_t* words, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) out[i] = unit_interval(words[i]);
}

VAE_TARGET_CLONES void to_radius_and_angle(const uint32_t* words, size_t count, float* radius, float* angle) {
  constexpr float kTurn = 2 * std::numbers::pi_v<float>;
  for (size_t i = 0; i < count; ++i) {
    // All 32 bits of the first word: the farthest draw lies at 6.8 standard deviations.
    radius[i] = static_cast<float>(words[2 * i]) * 0x1p-32f + 0x1p-33f;
    angle[i] = kTurn * unit_interval(words[2 * i + 1]);
  }
}

VAE_TARGET_CLONES void compare(const uint32_t* words, const uint8_t* bytes, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) {
    out[i] = unit_interval(words[i]) < static_cast<float>(bytes[i]) / 255 ? 1.0F : 0.0F;
  }
}

uint64_t elements(torch::IntArrayRef shape) { return static_cast<uint64_t>(c10::multiply_integers(shape)); }

}  // namespace

Tensor uniform(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  const Words words = draw_words(random, elements(shape) * kWordsPerUniform);
  Tensor result = torch::empty(shape, torch::kFloat);
  to_unit_interval(words.data(), elements(shape), result.data_ptr<float>());
  return result.to(options);
}

Tensor normal(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  const uint64_t count = elements(shape);
  const Words words = draw_words(random, count * kWordsPerNormal);
  Tensor radius = torch::empty(shape, torch::kFloat);
  Tensor angle = torch::empty(shape, torch::kFloat);
  to_radius_and_angle(words.data(), count, radius.data_ptr<float>(), angle.data_ptr<float>());
  return radius.log_().mul_(-2).sqrt_().mul_(angle.cos_()).to(options);
}

Tensor bernoulli(Random& random, const Tensor& probabilities) {
  const Tensor draws = uniform(random, probabilities.sizes(), probabilities.options());
  return (draws < probabilities).to(probabilities.scalar_type());
}

Tensor bernoulli_of_bytes(Random& random, const Tensor& bytes) {
  const Tensor dense = bytes.contiguous();
  const Words words = draw_words(random, elements(dense.sizes()));
  Tensor result = torch::empty(dense.sizes(), torch::kFloat);
  compare(words.data(), dense.const_data_ptr<uint8_t>(), elements(dense.sizes()), result.data_ptr<float>());
  return result;
}

}  // namespace vae
