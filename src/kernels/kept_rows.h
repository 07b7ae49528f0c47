// Gradients by rows, of which many are too small to change their sum: those of the samples of an
// importance-weighted bound, whose weights differ by many orders of magnitude. What else is in a summand, a
// derivative or an input, is taken to differ by less than these.
#pragma once

#include <optional>

#include "core/tensor.h"

namespace vae {

/// The rows of `gradient`, [rows] or [rows, columns], dense float32 on the processor, that count, in their
/// order: int64 [kept]. The smallest do not whose magnitudes add up to no more than 2^-28 of those of all: a
/// sixteenth of what rounding to float changes. Nothing where more than three quarters count, so that leaving
/// out the others does not pay, or where a number is not finite.
std::optional<Tensor> rows_that_count(const Tensor& gradient);

/// The rows at these places, [kept, ...].
Tensor rows_at(const Tensor& places, const Tensor& rows);

/// [count, columns] with `rows` at these places, and zeros elsewhere.
Tensor rows_among_zeros(const Tensor& places, const Tensor& rows, int64_t count);

/// Whether rows [..., N, columns] are several samples for each of N, and so many that a look at each pays.
bool are_samples(const Tensor& x);

}  // namespace vae
