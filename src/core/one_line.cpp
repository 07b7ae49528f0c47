#include "core/one_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace vae {
namespace {

constexpr unsigned char kFirstOfTwo = 0xC2;  // in UTF-8, of U+0080 to U+00BF

unsigned char byte_at(std::string_view text, size_t place) {
  return place < text.size() ? static_cast<unsigned char>(text[place]) : 0;
}

}  // namespace

std::string on_one_line(std::string_view text) {
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = byte_at(text, i), next = byte_at(text, i + 1);
    if (byte < 0x20 || byte == 0x7F) {
      line += fmt::format("\\u{:04x}", byte);
    } else if (byte == kFirstOfTwo && next >= 0x80 && next < 0xA0) {  // the C1 controls of ISO 6429
      line += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      line += text[i];
    }
  }
  return line;
}

std::vector<std::string> on_one_line(const std::vector<std::string>& texts) {
  std::vector<std::string> lines;
  for (const std::string& text : texts) lines.push_back(on_one_line(text));
  return lines;
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace vae
