// The interface of optimizers.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "kernels/gradient_piece.h"

namespace vae {

/// Updates one flat buffer of parameters. Nothing is read back from the device.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// How a step goes down the gradients.
  struct Descent {
    double rate_factor = 1;  // times the base learning rate
    Tensor rate = {};   // the learning rate itself, a scalar that is read on the device, in place of these
    Tensor scale = {};  // of the gradients, a scalar; undefined for 1
    Tensor non_finite;  // a float scalar: where it is 1, the step is skipped on the device
  };

  /// One step of the numbers that have gradients, which may be changed by it.
  virtual void step(const Tensor& values, std::span<const GradientPiece> gradients,
                    const Descent& descent) = 0;

  /// The same where the gradients are in one buffer, too.
  void step(const Tensor& values, const Tensor& gradients, const Descent& descent) {
    step(values, std::array{GradientPiece{gradients}}, descent);
  }

  virtual double learning_rate() const = 0;

  /// What must be kept to go on later: buffers of the shape of the parameters, and the number of updates.
  struct State {
    struct Buffer {
      std::string name;
      Tensor values;
    };
    std::vector<Buffer> buffers;
    Tensor updates;  // undefined where it does not matter
  };
  virtual State state() const = 0;
};

}  // namespace vae
