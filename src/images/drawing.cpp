#include "images/drawing.h"

#include <algorithm>
#include <cctype>

#include "images/font.h"

namespace vae {
namespace {

constexpr int64_t kDot = kTextHeight / kGlyphHeight;    // pixels across
constexpr int64_t kAdvance = (kGlyphWidth + 1) * kDot;  // from one character to the next

void draw_glyph(Image& image, int64_t left, int64_t top, const Glyph& dots, Colour colour) {
  for (int64_t y = 0; y < kGlyphHeight; ++y) {
    for (int64_t x = 0; x < kGlyphWidth; ++x) {
      const bool is_set = (dots[static_cast<size_t>(y)] >> (kGlyphWidth - 1 - x) & 1) != 0;
      if (is_set) fill(image, {left + x * kDot, top + y * kDot, kDot, kDot}, colour);
    }
  }
}

}  // namespace

Image blank(int64_t width, int64_t height, Colour colour) {
  Image image{width, height, 3, std::vector<uint8_t>(static_cast<size_t>(3 * width * height))};
  fill(image, {0, 0, width, height}, colour);
  return image;
}

void fill(Image& image, const Rectangle& rectangle, Colour colour) {
  const int64_t right = std::min(rectangle.left + rectangle.width, image.width);
  const int64_t bottom = std::min(rectangle.top + rectangle.height, image.height);
  for (int64_t y = std::max<int64_t>(rectangle.top, 0); y < bottom; ++y) {
    for (int64_t x = std::max<int64_t>(rectangle.left, 0); x < right; ++x) {
      std::ranges::copy(colour, image.pixels.begin() + (y * image.width + x) * image.channels);
    }
  }
}

// The last character needs no gap behind it.
int64_t text_width(std::string_view text) { return text.empty() ? 0 : std::ssize(text) * kAdvance - kDot; }

void draw_text(Image& image, int64_t left, int64_t top, std::string_view text, Colour colour) {
  for (const char character : text) {
    const auto small = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    draw_glyph(image, left, top, glyph(small), colour);
    left += kAdvance;
  }
}

}  // namespace vae
