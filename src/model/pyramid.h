// The sizes of a picture that is halved again and again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace vae {

/// `top`, and what each halving of the one above leaves, with the given channels; odd sides lose a pixel.
/// UsageError where `top` is too small to be halved so often.
std::vector<PictureShape> pyramid(const PictureShape& top, std::span<const int64_t> channels);

}  // namespace vae
