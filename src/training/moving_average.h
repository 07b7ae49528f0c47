// Exponential moving average of the weights.
#pragma once

#include <concepts>
#include <cstdint>

#include "core/tensor.h"

namespace vae {

template <class T>
concept NumberOrTensor = std::same_as<T, double> || std::same_as<T, Tensor>;

/// average <- d average + (1 - d) values, d = min(decay, (1 + t) / (10 + t)) after t updates: the start is
/// forgotten quickly however slow the decay.
class MovingAverage {
 public:
  MovingAverage(double decay, const Tensor& values) : decay_(decay), average_(values.detach().clone()) {}

  /// 1 - d; `updates` counts from 0.
  double pull(int64_t updates) const;

  /// Skipped on the device where `non_finite`, a float scalar, is 1. `pull` is 1 - d: a number, or a scalar
  /// of the values' type that is read on the device.
  template <NumberOrTensor Pull>
  void update(const Tensor& values, const Pull& pull, const Tensor& non_finite) {
    const torch::NoGradGuard no_grad;
    average_.lerp_(values, pull * (1 - non_finite).to(values.scalar_type()));
  }

  Tensor values() const { return average_; }

 private:
  double decay_;
  Tensor average_;
};

/// Puts other values into a buffer of parameters for as long as it lives.
class SwappedValues {
 public:
  SwappedValues(Tensor values, const Tensor& others);
  ~SwappedValues();
  SwappedValues(const SwappedValues&) = delete;
  SwappedValues& operator=(const SwappedValues&) = delete;

 private:
  Tensor values_;
  Tensor kept_;
};

}  // namespace vae
