// TensorBoard event files: summaries over steps, written without protobuf or TensorFlow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/append_file.h"

namespace vae {

/// CRC-32C (Castagnoli 1993; RFC 3720, appendix B.4): the checksum of the records of an event file.
uint32_t crc32c(std::span<const std::byte> bytes);

/// Appends events to a file, which gets its version record first where it is new or empty. TensorBoard finds
/// files whose name contains "tfevents". IoError where the file can't be written.
class EventWriter {
 public:
  explicit EventWriter(const std::filesystem::path& file);
  ~EventWriter();  // writes what is pending; only flush() reports that it can't

  /// A summary, see training/summaries.h.
  void add(std::string_view tag, int64_t step, std::string_view summary);

  /// Hands all pending records to the system.
  void flush();

 private:
  void append(std::string_view event);

  AppendFile file_;
  std::string pending_;
};

/// Rewrites the file atomically with only its records up to and including `step`: a resumed run then goes on
/// as if it had never stopped. Everything from the first torn or damaged record on goes too, as no reader
/// gets past it; a missing file stays missing.
void drop_events_after(const std::filesystem::path& file, int64_t step);

}  // namespace vae
