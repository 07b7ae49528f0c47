// Tensors of random numbers from a named stream.
#pragma once

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// Uniform on the open interval (0, 1), 23 bits; element e comes from word e of the stream alone, so that a
/// part of a batch gets the same noise whoever computes it. On another device it is copied
/// there, or made there (core/card_noise.h).
Tensor uniform(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options);

/// Standard normal (Box and Muller 1958, the cosine half); element e comes from words 2e and 2e + 1 alone.
Tensor normal(Random& random, torch::IntArrayRef shape, const torch::TensorOptions& options);

/// The same for a batch whose rows dimension `rows` of the shape counts: of a stream between other rows
/// (Random::between), our rows of the draw for the whole batch. The stream goes on behind the whole.
Tensor uniform_for_rows(Random& random, torch::IntArrayRef shape, int64_t rows,
                        const torch::TensorOptions& options);
Tensor normal_for_rows(Random& random, torch::IntArrayRef shape, int64_t rows,
                       const torch::TensorOptions& options);

/// 1 with the given probabilities, else 0, in their shape, type and device; one word an element, the first
/// dimension that of the rows.
Tensor bernoulli(Random& random, const Tensor& probabilities);

/// The same stream, whose index is what `index`, an int64 scalar, holds when it is drawn from: on a card its
/// kernels alone can do that (core/card_noise.h).
Random following(const Random& random, const Tensor& index);

/// How many words one element of each takes, for Random::skip.
constexpr uint64_t kWordsPerUniform = 1;
constexpr uint64_t kWordsPerNormal = 2;

}  // namespace vae
