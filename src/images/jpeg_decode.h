// JPEG to pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "images/decode.h"
#include "images/image.h"

namespace vae {

/// Baseline and progressive, 8 bits a sample: grey, YCbCr, RGB, CMYK and YCCK (an Adobe marker says that ink
/// is stored inverted). Any sign of damage is a DataError: libjpeg would fill what is missing with grey.
Image decode_jpeg(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

}  // namespace vae
