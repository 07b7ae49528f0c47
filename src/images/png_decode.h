// PNG to pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "images/decode.h"
#include "images/image.h"

namespace vae {

/// Every colour type and bit depth. Transparent pixels show options.background; gamma and colour profiles are
/// not looked at, 16 bits are rounded to 8. DataError where the file is damaged, be it in a chunk that holds
/// no pixels.
Image decode_png(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

std::string_view png_version();

}  // namespace vae
