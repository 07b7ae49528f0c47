#include "images/margin.h"

#include <algorithm>

#include "images/drawing.h"

namespace vae {
namespace {

constexpr Colour kPaper = {255, 255, 255}, kInk = {40, 40, 40};
constexpr int64_t kSpace = 6;  // on both sides of a name

/// A pixel's colour; grey counts three times.
Colour colour_at(const Image& image, int64_t x, int64_t y) {
  const uint8_t* pixel = image.pixels.data() + (y * image.width + x) * image.channels;
  return image.channels == 1 ? Colour{*pixel, *pixel, *pixel} : Colour{pixel[0], pixel[1], pixel[2]};
}

}  // namespace

Image with_row_names(const Image& sheet, std::span<const std::string> names) {
  const int64_t row = names.empty() ? 0 : sheet.height / std::ssize(names);
  int64_t margin = 0;
  if (row >= kTextHeight) {
    for (const std::string& name : names) margin = std::max(margin, text_width(name) + 2 * kSpace);
  }
  Image result = blank(margin + sheet.width, sheet.height, kPaper);
  for (int64_t y = 0; y < sheet.height; ++y) {
    for (int64_t x = 0; x < sheet.width; ++x) fill(result, {margin + x, y, 1, 1}, colour_at(sheet, x, y));
  }
  if (margin == 0) return result;
  for (size_t i = 0; i < names.size(); ++i) {
    const int64_t top = static_cast<int64_t>(i) * row + (row - kTextAscent) / 2;
    draw_text(result, margin - kSpace - text_width(names[i]), top, names[i], kInk);
  }
  return result;
}

}  // namespace vae
