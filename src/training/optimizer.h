// The interface of optimizers.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"

namespace vae {

/// Updates one flat buffer of parameters. Nothing is read back from the device.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One step down the gradients with the base learning rate times `factor`; skipped on the device where
  /// `non_finite`, a float scalar, is 1.
  virtual void step(const Tensor& values, const Tensor& gradients, double factor,
                    const Tensor& non_finite) = 0;

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
