// A font of dots.
#pragma once

#include <array>
#include <cstdint>

namespace vae {

constexpr int64_t kGlyphWidth = 5;
constexpr int64_t kAscent = 7;  // dots above the baseline
constexpr int64_t kGlyphHeight = kAscent + 2;

/// Rows from the top; bit 4 of each is its leftmost dot.
using Glyph = std::array<uint8_t, kGlyphHeight>;

/// Of a small letter, a digit or one of ( ) , - . / : = _ | %; blank for others.
Glyph glyph(char character);

}  // namespace vae
