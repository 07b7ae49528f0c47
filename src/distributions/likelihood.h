// The interface of densities of pictures.
#pragma once

#include <torch/nn/module.h>

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

struct LinearLayer;  // kernels/linear.h

/// What the numbers of log_prob are relative to; only numbers with the same base measure can be compared.
enum class BaseMeasure {
  binary,         // a probability of black and white pixels
  levels,         // a probability of pixels of 8 bits
  coarse_levels,  // a probability of pixels of fewer levels
  density,        // a density of pixels on the real line, or an interval of it
  mixed           // a density between 0 and 1, probabilities at both ends
};

/// p(x | z): a normalised density of pictures given the decoder's output.
/// x: [N, C, H, W] in [0, 1]; parameters: [..., N, parameter_channels(C), H, W], any number of leading
/// dimensions.
class Likelihood : public torch::nn::Module {
 public:
  /// Decoder channels for pictures of `channels` channels.
  virtual int64_t parameter_channels(int64_t channels) const = 0;

  /// log p(x | parameters) in nats, summed over channels and pixels: [..., N].
  virtual Tensor log_prob(const Tensor& x, const Tensor& parameters) const = 0;

  /// The same with the parameters that a linear layer makes of hidden [..., N, width], as one operation; null
  /// where there is none.
  using LogProbOfLayer = Tensor (*)(const Tensor& x, const Tensor& hidden, const LinearLayer& layer);
  virtual LogProbOfLayer log_prob_of_layer() const { return nullptr; }

  /// E[x | parameters]: [..., N, C, H, W], in [0, 1] up to what the density allows.
  virtual Tensor mean(const Tensor& parameters) const = 0;

  /// A draw of x: [..., N, C, H, W].
  virtual Tensor sample(const Tensor& parameters, Random& random) const = 0;

  /// Parameters [parameter_channels(C), H, W] under which the mean is `mean` [C, H, W]: where training
  /// starts.
  virtual Tensor parameters_for_mean(const Tensor& mean) const = 0;

  virtual BaseMeasure base_measure() const = 0;

  /// Moves free parameters that left the set they are constrained to back onto it, after an optimizer step.
  virtual void project() {}
};

/// Where the channels are in x and in parameters.
inline constexpr int64_t kChannelDimension = -3;

/// Sum over channels, rows and columns, the last three dimensions.
inline Tensor sum_pixels(const Tensor& values) { return values.sum({-3, -2, -1}); }

}  // namespace vae
