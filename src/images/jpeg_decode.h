// JPEG to pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "images/decode.h"
#include "images/image.h"

namespace vae {

/// Baseline and progressive, 8 bits a sample: grey, YCbCr, RGB, CMYK and YCCK (an Adobe marker says that ink
/// is stored inverted). Any sign of damage is a DataError: libjpeg would fill what is missing with grey.
///
/// Where options.target is given, the picture comes at 1/2, 1/4 or 1/8 of its size: the smallest at which it
/// still covers the target. The inverse transform then takes only the low frequencies of each block of 8x8
/// (libjpeg's scaled DCT), which costs a fraction of decoding all and cuts off what shrinking would average
/// away.
Image decode_jpeg(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options);

std::string_view jpeg_version();

}  // namespace vae
