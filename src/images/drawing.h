// Rectangles and text on a picture.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "images/image.h"

namespace vae {

using Colour = std::array<uint8_t, 3>;

/// Pixels left ... left + width - 1 of rows top ... top + height - 1.
struct Rectangle {
  int64_t left = 0;
  int64_t top = 0;
  int64_t width = 0;
  int64_t height = 0;
};

/// An RGB picture of one colour.
Image blank(int64_t width, int64_t height, Colour colour);

/// Fills the part of the rectangle that lies on an RGB picture.
void fill(Image& image, const Rectangle& rectangle, Colour colour);

/// Above the baseline, and with what hangs below it.
constexpr int64_t kTextAscent = 14, kTextHeight = 18;

/// Width of a line of text, in pixels.
int64_t text_width(std::string_view text);

/// One line with its top left corner at (left, top), in the small letters, digits and signs of images/font.h;
/// capitals become small, other characters blank.
void draw_text(Image& image, int64_t left, int64_t top, std::string_view text, Colour colour);

}  // namespace vae
