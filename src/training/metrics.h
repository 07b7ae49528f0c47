// metrics.jsonl: what training measured, one JSON object a line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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

  /// Nothing where the row has no such value, or it was not finite.
  std::optional<double> value(std::string_view name) const;
};

/// Appends rows to a file, each by one write of a whole line. IoError where it can't.
class MetricsFile {
 public:
  explicit MetricsFile(const std::filesystem::path& path) : file_(path) {}
  void append(const MetricsRow& row);

 private:
  AppendFile file_;
};

/// The rows of a file, without lines that are none (one may be torn by a crash) and values that were not
/// finite; none where there is no such file.
std::vector<MetricsRow> read_rows(const std::filesystem::path& path);

/// Rewrites the file atomically with only its rows up to and including `step`: a resumed run then goes on as
/// if it had never stopped. What is not a row (a line torn by a crash) goes too; a missing file stays
/// missing.
void drop_rows_after(const std::filesystem::path& path, int64_t step);

}  // namespace vae
