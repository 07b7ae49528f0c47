// A sheet with words beside it.
#pragma once

#include <span>
#include <string>

#include "images/image.h"

namespace vae {

/// The picture in colour, on its left the names of as many rows of equal height, each in the middle of its
/// row. Where a row is too low for a line of text there are none.
Image with_row_names(const Image& sheet, std::span<const std::string> names);

}  // namespace vae
