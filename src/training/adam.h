// Adam and AdamW.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "training/optimizer.h"

namespace vae {

struct AdamConfig {
  static constexpr std::string_view kType = "adam";
  static constexpr std::string_view kHelp =
      "Adam (Kingma and Ba 2015); weight decay is added to the gradient.";
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool operator==(const AdamConfig&) const = default;
};

struct AdamWConfig {
  static constexpr std::string_view kType = "adamw";
  static constexpr std::string_view kHelp = "Adam with decoupled weight decay (Loshchilov and Hutter 2019).";
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  bool operator==(const AdamWConfig&) const = default;
};

namespace detail {

template <class T>
constexpr auto adam_fields() {
  return std::tuple{
      field("learning_rate", &T::learning_rate, positive, "Step size."),
      field("beta1", &T::beta1, half_open(0, 1), "Decay of the first moment."),
      field("beta2", &T::beta2, half_open(0, 1), "Decay of the second moment."),
      field("epsilon", &T::epsilon, positive, "Added to the root of the second moment."),
      field("weight_decay", &T::weight_decay, non_negative, "Pull of the weights towards zero."),
  };
}

}  // namespace detail

inline constexpr auto fields(Tag<AdamConfig>) { return detail::adam_fields<AdamConfig>(); }
inline constexpr auto fields(Tag<AdamWConfig>) { return detail::adam_fields<AdamWConfig>(); }

/// For parameters like `values`.
std::unique_ptr<Optimizer> make_optimizer(const AdamConfig& config, const Tensor& values);
std::unique_ptr<Optimizer> make_optimizer(const AdamWConfig& config, const Tensor& values);

}  // namespace vae
