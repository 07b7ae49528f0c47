// How numbers travel between processes.
#pragma once

namespace vae {

/// As they are, or rounded to half of float32's bytes.
enum class WirePrecision { full, bfloat16 };

}  // namespace vae
