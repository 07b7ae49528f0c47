// The wire encoding of Protocol Buffers, as far as event files take it (protobuf.dev, "Encoding").
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vae::wire {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

enum Type : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

/// The bytes of a number as they lie in memory.
template <typename Number>
std::string raw(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

// A field of a message: its number and type, and its content.

std::string integer_field(uint32_t field, int64_t number);
std::string double_field(uint32_t field, double number);
std::string float_field(uint32_t field, float number);
std::string bytes_field(uint32_t field, std::string_view bytes);  // a message in a message, too
std::string doubles_field(uint32_t field, std::span<const double> numbers);

/// Takes a message apart from its front, field by field.
class MessageReader {
 public:
  explicit MessageReader(std::span<const std::byte> message) : rest_(message) {}

  /// Nothing where the message ends before the number.
  std::optional<uint64_t> varint();

  /// Passes over a field's content; false where the message ends before it or the type is unknown.
  bool skip(uint64_t type);

 private:
  bool skip_bytes(std::optional<uint64_t> count);

  std::span<const std::byte> rest_;
};

}  // namespace vae::wire
