// WebP to pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "images/decode.h"
#include "images/image.h"

namespace vae {

/// Lossy and lossless, with or without alpha; transparent pixels show options.background. DataError where the
/// file is damaged, cut off, or an animation.
Image decode_webp(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

std::string webp_version();

}  // namespace vae
