// A file is a sequence of records as TensorFlow's record_writer.cc frames them, all integers little-endian:
//   uint64 length | uint32 masked CRC of length | length bytes | uint32 masked CRC of these bytes
// Each holds one message `Event` of event.proto in the wire encoding of Protocol Buffers:
//   Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
//   Summary { repeated Value value = 1; }
//   Value   { string tag = 1; float simple_value = 2; Image image = 4; }
//   Image   { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
#include "training/events.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "images/png.h"

namespace vae {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

using Bytes = std::span<const std::byte>;

constexpr size_t kPendingLimit = 1 << 20;
constexpr size_t kHeaderSize = sizeof(uint64_t) + sizeof(uint32_t);
constexpr size_t kFooterSize = sizeof(uint32_t);

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

namespace event {
constexpr uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
}
namespace summary {
constexpr uint32_t kValue = 1;
}
namespace value {
constexpr uint32_t kTag = 1, kSimpleValue = 2, kImage = 4;
}
namespace image {
constexpr uint32_t kHeight = 1, kWidth = 2, kColorspace = 3, kEncoded = 4;
}

Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

template <typename Number>
std::string raw(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

template <typename Number>
Number read_raw(Bytes bytes) {
  Number number;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

constexpr std::array<uint32_t, 256> make_crc_table() {
  constexpr uint32_t kReversedPolynomial = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReversedPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}

// The format masks its checksums, since the CRC of data that contains CRCs is weak.
uint32_t masked_crc(Bytes bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

std::string varint(uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

std::string key(uint32_t field, WireType type) { return varint(field << 3 | type); }

std::string integer_field(uint32_t field, int64_t number) {
  return key(field, kVarint) + varint(static_cast<uint64_t>(number));
}
std::string double_field(uint32_t field, double number) { return key(field, kFixed64) + raw(number); }
std::string float_field(uint32_t field, float number) { return key(field, kFixed32) + raw(number); }
std::string bytes_field(uint32_t field, std::string_view bytes) {
  return key(field, kLengthDelimited) + varint(bytes.size()).append(bytes);
}

std::string framed(std::string_view message) {
  const std::string length = raw(uint64_t{message.size()});
  return (length + raw(masked_crc(as_bytes(length)))).append(message) + raw(masked_crc(as_bytes(message)));
}

double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string version_event() {
  return double_field(event::kWallTime, wall_time()) + bytes_field(event::kFileVersion, "brain.Event:2");
}

std::string summary_event(int64_t step, std::string_view tag, const std::string& content) {
  return double_field(event::kWallTime, wall_time()) + integer_field(event::kStep, step) +
         bytes_field(event::kSummary, bytes_field(summary::kValue, bytes_field(value::kTag, tag) + content));
}

std::string image_message(const Image& picture) {
  const std::vector<std::byte> png = encode_png(picture);
  return integer_field(image::kHeight, picture.height) + integer_field(image::kWidth, picture.width) +
         integer_field(image::kColorspace, picture.channels) +
         bytes_field(image::kEncoded, {reinterpret_cast<const char*>(png.data()), png.size()});
}

/// The size of the record at the front of `bytes`, frame included; nothing where it is torn or damaged.
std::optional<size_t> record_size(Bytes bytes) {
  if (bytes.size() < kHeaderSize + kFooterSize) return std::nullopt;
  const auto length = read_raw<uint64_t>(bytes);
  const auto length_crc = read_raw<uint32_t>(bytes.subspan(sizeof(length)));
  if (length_crc != masked_crc(bytes.first(sizeof(length)))) return std::nullopt;
  if (length > bytes.size() - kHeaderSize - kFooterSize) return std::nullopt;
  const Bytes message = bytes.subspan(kHeaderSize, length);
  const auto crc = read_raw<uint32_t>(bytes.subspan(kHeaderSize + length));
  if (crc != masked_crc(message)) return std::nullopt;
  return kHeaderSize + length + kFooterSize;
}

/// Takes a message apart from its front, field by field.
class MessageReader {
 public:
  explicit MessageReader(Bytes message) : rest_(message) {}

  std::optional<uint64_t> varint() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = std::to_integer<uint64_t>(rest_.front());
      rest_ = rest_.subspan(1);
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return std::nullopt;
  }

  /// Passes over a field's content; false where the message ends before it or the type is unknown.
  bool skip(uint64_t type) {
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

 private:
  bool skip_bytes(std::optional<uint64_t> count) {
    if (!count || *count > rest_.size()) return false;
    rest_ = rest_.subspan(*count);
    return true;
  }

  Bytes rest_;
};

/// The step of an Event; 0, the default of a field, where it has none.
int64_t step_of(Bytes message) {
  MessageReader reader(message);
  while (const std::optional<uint64_t> key = reader.varint()) {
    if (*key == (event::kStep << 3 | kVarint)) return static_cast<int64_t>(reader.varint().value_or(0));
    if (!reader.skip(*key & 7)) break;
  }
  return 0;
}

}  // namespace

uint32_t crc32c(std::span<const std::byte> bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_crc_table();
  uint32_t crc = ~uint32_t{0};
  for (const std::byte byte : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ std::to_integer<uint32_t>(byte)) & 0xff];
  return ~crc;
}

EventWriter::EventWriter(const std::filesystem::path& file) : file_(file) {
  if (!file_.empty()) return;
  add(version_event());
  flush();
}

EventWriter::~EventWriter() {
  try {
    flush();
  } catch (const IoError&) {
    // A destructor has nobody to tell.
  }
}

void EventWriter::scalar(std::string_view tag, int64_t step, double value) {
  add(summary_event(step, tag, float_field(value::kSimpleValue, static_cast<float>(value))));
}

void EventWriter::image(std::string_view tag, int64_t step, const Image& picture) {
  add(summary_event(step, tag, bytes_field(value::kImage, image_message(picture))));
}

void EventWriter::flush() { file_.append(std::exchange(pending_, {})); }

void EventWriter::add(std::string_view event) {
  pending_ += framed(event);
  if (pending_.size() >= kPendingLimit) flush();
}

void drop_events_after(const std::filesystem::path& file, int64_t step) {
  if (!std::filesystem::exists(file)) return;
  const std::vector<std::byte> bytes = read_file(file);
  std::vector<Bytes> kept;
  Bytes rest = bytes;
  while (const std::optional<size_t> size = record_size(rest)) {
    const Bytes message = rest.subspan(kHeaderSize, *size - kHeaderSize - kFooterSize);
    if (step_of(message) <= step) kept.push_back(rest.first(*size));
    rest = rest.subspan(*size);
  }
  write_file_atomically(file, kept);
}

}  // namespace vae
