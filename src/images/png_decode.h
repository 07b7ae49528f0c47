// PNG to pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "images/decode.h"
#include "images/image.h"

namespace vae {

/// Every colour type and bit depth. Transparent pixels are mixed with options.background in 8-bit sRGB
/// values, as browsers do; gamma and colour profiles are not looked at, 16 bits are rounded to 8. DataError
/// where the file is damaged, be it in a chunk that holds no pixels.
Image decode_png(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

}  // namespace vae
