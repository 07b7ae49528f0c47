#include "images/drawing.h"

#include <gtest/gtest.h>

#include <set>

#include "images/font.h"
#include "support/pictures.h"

namespace vae {
namespace {

constexpr Colour kWhite = {255, 255, 255}, kInk = {10, 20, 30};

int64_t inked(const Image& image) {
  int64_t count = 0;
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) count += test::pixel(image, x, y) == kInk[0] ? 1 : 0;
  }
  return count;
}

TEST(Fill, ColoursTheRectangleAndNothingElse) {
  Image image = blank(6, 5, kWhite);
  fill(image, {2, 1, 3, 2}, kInk);
  for (int64_t y = 0; y < 5; ++y) {
    for (int64_t x = 0; x < 6; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 1 && y < 3;
      for (int64_t c = 0; c < 3; ++c) {
        EXPECT_EQ(test::pixel(image, x, y, c), (inside ? kInk : kWhite)[static_cast<size_t>(c)]);
      }
    }
  }
}

TEST(Fill, LeavesOutWhatLiesBeyondThePicture) {
  Image image = blank(4, 4, kWhite);
  fill(image, {-3, -3, 5, 5}, kInk);
  fill(image, {3, 3, 9, 9}, kInk);
  fill(image, {7, 7, 2, 2}, kInk);
  fill(image, {0, 3, -2, 1}, kInk);
  EXPECT_EQ(inked(image), 2 * 2 + 1);
}

TEST(DrawText, StaysWithinItsSize) {
  const std::string_view text = "reinforce (none) 0.5";
  Image image = blank(text_width(text), kTextHeight, kWhite);
  draw_text(image, 0, 0, text, kInk);
  Image larger = blank(text_width(text) + 40, kTextHeight + 40, kWhite);
  draw_text(larger, 20, 20, text, kInk);
  EXPECT_EQ(inked(image), inked(larger));
  EXPECT_GT(inked(image), 0);
}

TEST(DrawText, TakesCapitalsForSmallLetters) {
  Image small = blank(60, kTextHeight, kWhite), capital = small;
  draw_text(small, 0, 0, "iwae", kInk);
  draw_text(capital, 0, 0, "IWAE", kInk);
  EXPECT_EQ(small, capital);
}

TEST(Glyph, IsDifferentForEachCharacter) {
  std::set<Glyph> seen = {Glyph{}};
  const std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789(),-./:=_|%";
  for (const char character : characters) seen.insert(glyph(character));
  EXPECT_EQ(seen.size(), characters.size() + 1);
  EXPECT_EQ(glyph('\x80'), Glyph{});
}

}  // namespace
}  // namespace vae
