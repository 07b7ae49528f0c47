// Many pictures on one sheet.
#pragma once

#include <cstdint>
#include <span>

#include "images/image.h"

namespace vae {

/// Pictures of one shape side by side, `columns` a row, `gap` pixels of mid grey between them and around.
Image grid(std::span<const Image> pictures, int64_t columns, int64_t gap = 2);

/// Two lists of the same length on one sheet: a row of `above`, below it the same of `below`, and so on.
Image comparison_grid(std::span<const Image> above, std::span<const Image> below, int64_t columns,
                      int64_t gap = 2);

}  // namespace vae
