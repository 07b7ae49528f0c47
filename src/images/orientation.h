// How a camera was held: the orientation tag of EXIF.
#pragma once

#include <cstddef>
#include <span>

#include "images/image.h"

namespace vae {

/// The orientation, 1 to 8, in the content of a JPEG's APP1 marker. 1, as stored, where the marker is not
/// EXIF, has no such tag or is damaged: none of these harms the pixels. EXIF 2.32, section 4.6.4, tag 0x0112.
int exif_orientation(std::span<const std::byte> app1);

/// The same for EXIF without the marker's prefix, as WebP keeps it: from the TIFF header on.
int tiff_orientation(std::span<const std::byte> exif);

/// Whether the orientation swaps width and height.
constexpr bool is_transposed(int orientation) { return orientation >= 5; }

/// The picture as it was seen. Stored row 0 and column 0 show: 1 top left, 2 top right, 3 bottom right,
/// 4 bottom left, 5 left top, 6 right top, 7 right bottom, 8 left bottom.
Image turn_upright(Image image, int orientation);

}  // namespace vae
