// The set that latents live in.
#pragma once

#include <cstdint>

namespace vae {

/// R^dimensions, or, where `categories` is not 0, dimensions / categories variables, each one-hot over so
/// many categories, one after the other.
struct LatentSpace {
  int64_t dimensions = 0;
  int64_t categories = 0;

  bool is_real() const { return categories == 0; }
  int64_t variables() const { return is_real() ? dimensions : dimensions / categories; }
};

}  // namespace vae
