#include "training/wire_format.h"

namespace vae::wire {
namespace {

std::string encoded(uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

std::string key(uint32_t field, Type type) { return encoded(field << 3 | type); }

}  // namespace

std::string integer_field(uint32_t field, int64_t number) {
  return key(field, kVarint) + encoded(static_cast<uint64_t>(number));
}

std::string double_field(uint32_t field, double number) { return key(field, kFixed64) + raw(number); }

std::string float_field(uint32_t field, float number) { return key(field, kFixed32) + raw(number); }

std::string bytes_field(uint32_t field, std::string_view bytes) {
  return key(field, kLengthDelimited) + encoded(bytes.size()).append(bytes);
}

std::string doubles_field(uint32_t field, std::span<const double> numbers) {
  return bytes_field(field, {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
}

std::optional<uint64_t> MessageReader::varint() {
  uint64_t number = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = std::to_integer<uint64_t>(rest_.front());
    rest_ = rest_.subspan(1);
    number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

bool MessageReader::skip(uint64_t type) {
  switch (type) {
    case kVarint:
      return varint().has_value();
    case kFixed64:
      return skip_bytes(sizeof(uint64_t));
    case kFixed32:
      return skip_bytes(sizeof(uint32_t));
    case kLengthDelimited:
      return skip_bytes(varint());
    default:
      return false;
  }
}

bool MessageReader::skip_bytes(std::optional<uint64_t> count) {
  if (!count || *count > rest_.size()) return false;
  rest_ = rest_.subspan(*count);
  return true;
}

}  // namespace vae::wire
