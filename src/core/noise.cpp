#include "core/noise.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "core/byte_noise.h"
#include "core/card_noise.h"
#include "core/tape.h"
#include "core/target_clones.h"
#include "core/vector_math.h"

namespace vae {
namespace {

// The 23 high bits of a word, in the middle of their interval: never 0, never 1. With one bit more the middle
// of the last interval would round to 1.
float unit_interval(uint32_t word) { return static_cast<float>(word >> 9) * 0x1p-23f + 0x1p-24f; }

constexpr int64_t kTogether = 2048;           // draws whose words are in the cache at a time
constexpr int64_t kDrawsPerThread = 1 << 12;  // below which a second thread costs more than it brings

/// Draws `count` elements of `words` words each, a few at a time, on several threads where it pays:
/// use(words, first, n) makes elements first ... first + n - 1 of theirs.
template <int64_t kWords, class Use>
void draw(Random& random, int64_t count, const Use& use) {
  at::parallel_for(0, count, kDrawsPerThread, [&](int64_t begin, int64_t end) {
    std::array<uint32_t, static_cast<size_t>(kWords * kTogether)> words;  // NOLINT: filled before it is read
    Random part = random;
    part.skip(static_cast<uint64_t>(begin * kWords));
    for (int64_t first = begin; first < end; first += kTogether) {
      const int64_t n = std::min(kTogether, end - first);
      part.fill(std::span(words).first(static_cast<size_t>(n * kWords)));
      use(words.data(), first, n);
    }
  });
  random.skip(static_cast<uint64_t>(count * kWords));
}

NoiseLayout layout_of(torch::IntArrayRef shape) { return {.elements = c10::multiply_integers(shape)}; }

NoiseLayout layout_of(torch::IntArrayRef shape, int64_t rows, const OtherRows& others) {
  if (others == OtherRows()) return layout_of(shape);
  const auto dimension = static_cast<size_t>(rows);
  const int64_t row = c10::multiply_integers(shape.slice(dimension + 1));
  return {.blocks = c10::multiply_integers(shape.slice(0, dimension)),
          .elements = shape[dimension] * row,
          .before = others.before * row,
          .behind = others.behind * row};
}

/// The same for each block of the layout.
template <int64_t kWords, class Use>
void draw(Random& random, const NoiseLayout& layout, const Use& use) {
  for (int64_t block = 0; block < layout.blocks; ++block) {
    random.skip(static_cast<uint64_t>(layout.before * kWords));
    const int64_t begin = block * layout.elements;
    draw<kWords>(random, layout.elements,
                 [&](const uint32_t* words, int64_t first, int64_t n) { use(words, begin + first, n); });
    random.skip(static_cast<uint64_t>(layout.behind * kWords));
  }
}

VAE_TARGET_CLONES void to_unit_interval(const uint32_t* words, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = unit_interval(words[i]);
}

// Box and Muller 1958, the cosine of each pair.
VAE_TARGET_CLONES void to_normal(const uint32_t* words, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    // All 32 bits of the first word: the farthest draw lies at 6.8 standard deviations.
    const float u = static_cast<float>(words[2 * i]) * 0x1p-32f + 0x1p-33f;
    out[i] = std::sqrt(-2 * log_of(u)) * cos_of_turns(unit_interval(words[2 * i + 1]));
  }
}

VAE_TARGET_CLONES void compare(const uint32_t* words, const uint8_t* bytes, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    out[i] = unit_interval(words[i]) < static_cast<float>(bytes[i]) / 255 ? 1.0F : 0.0F;
  }
}

/// make(words, n, out) of all elements, in float32.
template <int64_t kWords, class Make>
Tensor drawn_here(const Make& make, const NoiseLayout& layout, Random& random, torch::IntArrayRef shape) {
  Tensor result = torch::empty(shape, torch::kFloat);
  float* out = result.data_ptr<float>();
  perform({&result}, [=, stream = random] {
    Random from_there = stream;
    draw<kWords>(from_there, layout, [make, out](const uint32_t* words, int64_t first, int64_t n) {
      make(words, n, out + first);
    });
  });
  random.skip(static_cast<uint64_t>(layout.whole() * kWords));
  return result;
}

/// The draw of a kernel on a card, with the stream behind it as if it had been drawn here.
template <class Draw>
Tensor drawn_on_card(const Draw& draw_there, int64_t words, const NoiseLayout& layout, Random& random,
                     torch::IntArrayRef shape, const torch::TensorOptions& options) {
  const Tensor result = draw_there(random, layout, options.device()).view(shape);
  random.skip(static_cast<uint64_t>(layout.whole() * words));
  return result.to(options);
}

Tensor uniform_in(const NoiseLayout& layout, Random& random, torch::IntArrayRef shape,
                  const torch::TensorOptions& options) {
  if (draws_on(options.device())) {
    return drawn_on_card(uniform_on_card, kWordsPerUniform, layout, random, shape, options);
  }
  const auto make = [](const uint32_t* words, int64_t n, float* out) { to_unit_interval(words, n, out); };
  return drawn_here<kWordsPerUniform>(make, layout, random, shape).to(options);
}

Tensor normal_in(const NoiseLayout& layout, Random& random, torch::IntArrayRef shape,
                 const torch::TensorOptions& options) {
  if (draws_on(options.device())) {
    return drawn_on_card(normal_on_card, kWordsPerNormal, layout, random, shape, options);
  }
  const auto make = [](const uint32_t* words, int64_t n, float* out) { to_normal(words, n, out); };
  return drawn_here<kWordsPerNormal>(make, layout, random, shape).to(options);
}

}  // namespace

Tensor uniform(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  return uniform_in(layout_of(shape), random, shape, options);
}

Tensor normal(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options) {
  return normal_in(layout_of(shape), random, shape, options);
}

Tensor uniform_for_rows(Random& random, torch::IntArrayRef shape, int64_t rows,
                        const torch::TensorOptions& options) {
  return uniform_in(layout_of(shape, rows, random.others()), random, shape, options);
}

Tensor normal_for_rows(Random& random, torch::IntArrayRef shape, int64_t rows,
                       const torch::TensorOptions& options) {
  return normal_in(layout_of(shape, rows, random.others()), random, shape, options);
}

Random following(const Random& random, const Tensor& index) {
  const auto* place = reinterpret_cast<const uint64_t*>(index.const_data_ptr<int64_t>());
  return index.is_cpu() ? random.following(place) : random.following_on_card(place);
}

Tensor bernoulli(Random& random, const Tensor& probabilities) {
  const Tensor draws = uniform_for_rows(random, probabilities.sizes(), /*rows=*/0, probabilities.options());
  return (draws < probabilities).to(probabilities.scalar_type());
}

Tensor bernoulli_of_bytes(Random& random, const Tensor& bytes) {
  const Tensor dense = bytes.contiguous();
  Tensor result = torch::empty(dense.sizes(), torch::kFloat);
  const uint8_t* pixels = dense.const_data_ptr<uint8_t>();
  float* out = result.data_ptr<float>();
  const NoiseLayout layout = layout_of(dense.sizes(), /*rows=*/0, random.others());
  draw<kWordsPerUniform>(random, layout, [=](const uint32_t* words, int64_t first, int64_t n) {
    compare(words, pixels + first, n, out + first);
  });
  return result;
}

}  // namespace vae
