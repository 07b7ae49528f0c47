// metrics.jsonl: what training measured, one JSON object a line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/append_file.h"

namespace vae {

/// One line: {"step":..., "epoch":..., "split":..., then `values` under their names in the order given}.
struct MetricsRow {
  int64_t step = 0;
  int64_t epoch = 0;
  std::string split;
  std::vector<std::pair<std::string, double>>
      values;  // printed so that they read back exactly; null where not finite
};

/// Appends rows to a file, each by one write of a whole line. IoError where it can't.
class MetricsFile {
 public:
  explicit MetricsFile(const std::filesystem::path& path) : file_(path) {}
  void append(const MetricsRow& row);

 private:
  AppendFile file_;
};

/// Rewrites the file atomically with only its rows up to and including `step`: a resumed run then goes on as
/// if it had never stopped. What is not a row (a line torn by a crash) goes too; a missing file stays
/// missing.
void drop_rows_after(const std::filesystem::path& path, int64_t step);

}  // namespace vae
