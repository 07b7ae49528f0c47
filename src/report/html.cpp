#include "report/html.h"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "images/png.h"

namespace vae {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kThinSpace = "\u202f";

// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t k) -> uint32_t {
      return i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0;
    };
    const uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
    const size_t known = std::min<size_t>(bytes.size() - i, 3);
    for (size_t digit = 0; digit < 4; ++digit) {
      text += digit <= known ? kDigits[group >> (18 - 6 * digit) & 63] : '=';
    }
  }
  return text;
}

std::string with_minus(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, kMinus);
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string png_uri(std::string_view png) { return "data:image/png;base64," + base64(png); }

std::string png_uri(const Image& picture) {
  const std::vector<std::byte> png = encode_png(picture);
  return png_uri(std::string_view(reinterpret_cast<const char*>(png.data()), png.size()));
}

std::string readable(double value) { return with_minus(fmt::format("{:.6g}", value)); }

std::string readable(int64_t count) {
  std::string text = fmt::format("{}", count);
  const size_t first_digit = count < 0 ? 1 : 0;
  for (size_t end = text.size(); end > first_digit + 3; end -= 3) text.insert(end - 3, kThinSpace);
  return with_minus(std::move(text));
}

}  // namespace vae
