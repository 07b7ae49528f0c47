// From bytes to the x that the model sees.
#pragma once

#include <optional>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"
#include "core/random.h"
#include "core/tensor.h"

namespace vae {

struct PlainObservation {
  static constexpr std::string_view kType = "none";
  static constexpr std::string_view kHelp = "x = k / 255 for a byte k.";
  bool operator==(const PlainObservation&) const = default;
};

inline constexpr auto fields(Tag<PlainObservation>) { return std::tuple{}; }

struct Binarize {
  static constexpr std::string_view kType = "binarize";
  static constexpr std::string_view kHelp =
      "x is 1 with probability k / 255, drawn anew at each use, or by a threshold.";
  std::optional<double> threshold;
  bool operator==(const Binarize&) const = default;
};

inline constexpr auto fields(Tag<Binarize>) {
  return std::tuple{field("threshold", &Binarize::threshold, closed(0, 1),
                          "x is 1 where k / 255 is greater than this; null draws x at random.")};
}

struct Dequantize {
  static constexpr std::string_view kType = "dequantize";
  static constexpr std::string_view kHelp = "x = (k + u) / 256, u uniform on (0, 1), drawn anew at each use.";
  bool operator==(const Dequantize&) const = default;
};

inline constexpr auto fields(Tag<Dequantize>) { return std::tuple{}; }

using ObservationConfig = OneOf<PlainObservation, Binarize, Dequantize>;

/// Bytes to x of type `type`, same shape; takes one uniform word an element where it draws at all.
Tensor observe(const ObservationConfig& observation, const Tensor& bytes, torch::ScalarType type,
               Random& random);

}  // namespace vae
