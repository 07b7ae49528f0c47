// When a run counts as diverged, and what is then tried.
#pragma once

#include <cstdint>
#include <tuple>

#include "config/fields.h"

namespace vae {

struct DivergenceConfig {
  int64_t bad_steps = 20;
  double spread = 20;
  int64_t rollbacks = 3;
  double slowdown = 0.5;
  bool operator==(const DivergenceConfig&) const = default;
};

inline constexpr auto fields(Tag<DivergenceConfig>) {
  return std::tuple{
      field(
          "bad_steps", &DivergenceConfig::bad_steps, at_least(1),
          "Bad steps in a row after which training goes back to its last good checkpoint. Bad is a gradient "
          "that is not finite, or a loss far above those before."),
      field("spread", &DivergenceConfig::spread, positive,
            "How far: so many times the distance of their 5 % and 95 % quantiles above the latter."),
      field("rollbacks", &DivergenceConfig::rollbacks, non_negative,
            "How often it goes back before it gives up."),
      field("slowdown", &DivergenceConfig::slowdown, open(0, 1),
            "Factor on the learning rate each time it has gone back."),
  };
}

}  // namespace vae
