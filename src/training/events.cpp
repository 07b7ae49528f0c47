// A file is a sequence of records as TensorFlow's record_writer.cc frames them, all integers little-endian:
//   uint64 length | uint32 masked CRC of length | length bytes | uint32 masked CRC of these bytes
// Each holds one message `Event` of event.proto in the wire encoding of Protocol Buffers:
//   Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
//   Summary { repeated Value value = 1; }
//   Value   { string tag = 1; and what summaries.cpp says }
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
#include "training/wire_format.h"

namespace vae {
namespace {

using wire::bytes_field, wire::double_field, wire::integer_field, wire::raw;
using Bytes = std::span<const std::byte>;

constexpr size_t kPendingLimit = 1 << 20;
constexpr size_t kHeaderSize = sizeof(uint64_t) + sizeof(uint32_t);
constexpr size_t kFooterSize = sizeof(uint32_t);

namespace event {
constexpr uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
}
namespace summary {
constexpr uint32_t kValue = 1;
}
namespace value {
constexpr uint32_t kTag = 1;
}

Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

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

std::string summary_event(int64_t step, std::string_view tag, std::string_view content) {
  const std::string value = bytes_field(value::kTag, tag).append(content);
  return double_field(event::kWallTime, wall_time()) + integer_field(event::kStep, step) +
         bytes_field(event::kSummary, bytes_field(summary::kValue, value));
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

/// The step of an Event; 0, the default of a field, where it has none.
int64_t step_of(Bytes message) {
  wire::MessageReader reader(message);
  while (const std::optional<uint64_t> key = reader.varint()) {
    if (*key == (event::kStep << 3 | wire::kVarint)) return static_cast<int64_t>(reader.varint().value_or(0));
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
  append(version_event());
  flush();
}

EventWriter::~EventWriter() {
  try {
    flush();
  } catch (const IoError&) {
    // A destructor has nobody to tell.
  }
}

void EventWriter::add(std::string_view tag, int64_t step, std::string_view summary) {
  append(summary_event(step, tag, summary));
}

void EventWriter::flush() { file_.append(std::exchange(pending_, {})); }

void EventWriter::append(std::string_view event) {
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
