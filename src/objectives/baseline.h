// What the score function's gradient compares a draw's value with.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"
#include "core/random.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "objectives/bound.h"

namespace vae {

struct NoBaselineConfig {
  static constexpr std::string_view kType = "none";
  static constexpr std::string_view kHelp = "Nothing: the value itself.";
  bool operator==(const NoBaselineConfig&) const = default;
};

struct MovingAverageBaselineConfig {
  static constexpr std::string_view kType = "moving_average";
  static constexpr std::string_view kHelp = "The mean value of earlier steps.";
  double decay = 0.99;
  bool operator==(const MovingAverageBaselineConfig&) const = default;
};

struct LearnedBaselineConfig {
  static constexpr std::string_view kType = "learned";
  static constexpr std::string_view kHelp =
      "A network's guess from x, learned along (Mnih and Gregor 2014, NVIL).";
  int64_t hidden = 100;
  bool operator==(const LearnedBaselineConfig&) const = default;
};

struct LeaveOneOutConfig {
  static constexpr std::string_view kType = "leave_one_out";
  static constexpr std::string_view kHelp =
      "What the same picture's other draws give: RLOO over objective.samples, VIMCO over importance samples.";
  bool operator==(const LeaveOneOutConfig&) const = default;
};

inline constexpr auto fields(Tag<NoBaselineConfig>) { return std::tuple{}; }
inline constexpr auto fields(Tag<LeaveOneOutConfig>) { return std::tuple{}; }

inline constexpr auto fields(Tag<MovingAverageBaselineConfig>) {
  return std::tuple{
      field("decay", &MovingAverageBaselineConfig::decay, half_open(0.0, 1.0),
            "What a step leaves of the mean before it."),
  };
}

inline constexpr auto fields(Tag<LearnedBaselineConfig>) {
  return std::tuple{
      field("hidden", &LearnedBaselineConfig::hidden, closed(1, 1 << 16),
            "Width of the network's one hidden layer."),
  };
}

using BaselineConfig =
    OneOf<NoBaselineConfig, MovingAverageBaselineConfig, LearnedBaselineConfig, LeaveOneOutConfig>;

/// A number for each draw that does not depend on it, so that subtracting it leaves the gradient's mean as it
/// is.
class Baseline : public torch::nn::Module {
 public:
  struct Result {
    Tensor values;  // broadcast to [K, M, N]
    Tensor loss;    // a scalar that the baseline's own parameters descend
  };

  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// For the draws of one step; x [N, C, H, W], log_weights [K, M, N], value [M, N] the bound at them.
  virtual Result compare(const Tensor& x, const Tensor& log_weights, const Tensor& value,
                         const Bound& bound) = 0;
};

std::shared_ptr<Baseline> make_baseline(const BaselineConfig& config, const PictureShape& picture);

}  // namespace vae
