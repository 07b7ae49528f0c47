// Random numbers that are made on a card, where they are used.
#pragma once

#include "core/noise_element.h"
#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// Whether this program has the kernels for a device. Without them noise is drawn by the processor and
/// copied.
bool draws_on(torch::Device device);

/// The draws of core/noise.h in float32 on a card: `layout.count()` elements from where the stream is, the
/// same but for the rounding of logarithm and cosine. Enqueued on the current stream; no synchronisation.
/// An index that the stream follows on the card is read when the kernel runs: a step that was recorded draws
/// the noise of the step it is replayed for.
Tensor uniform_on_card(const Random& random, const NoiseLayout& layout, torch::Device device);
Tensor normal_on_card(const Random& random, const NoiseLayout& layout, torch::Device device);

}  // namespace vae
