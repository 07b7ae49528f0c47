#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/one_line.h"
#include "training/metrics.h"
#include "training/run_folder.h"

namespace vae {
namespace {

struct MetricsOptions {
  std::filesystem::path run;
  bool csv = false;
};

/// All names of values, in the order in which they come first.
std::vector<std::string> columns_of(const std::vector<MetricsRow>& rows) {
  std::vector<std::string> columns;
  for (const MetricsRow& row : rows) {
    for (const auto& [name, value] : row.values) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
  }
  return columns;
}

std::string field_of(std::string_view name) { return csv_field(on_one_line(name)); }

// Numbers read back exactly; what a row does not have, or was not finite, stays empty.
void print_csv(const std::vector<MetricsRow>& rows) {
  const std::vector<std::string> columns = columns_of(rows);
  std::vector<std::string> fields = {"step", "epoch", "split"};
  std::transform(columns.begin(), columns.end(), std::back_inserter(fields), field_of);
  fmt::print("{}", csv_line(fields));
  for (const MetricsRow& row : rows) {
    fields = {fmt::to_string(row.step), fmt::to_string(row.epoch), field_of(row.split)};
    for (const std::string& column : columns) {
      const auto value = row.value(column);
      fields.push_back(value ? fmt::to_string(*value) : "");
    }
    fmt::print("{}", csv_line(fields));
  }
}

size_t width_of(std::string_view head) { return std::max<size_t>(head.size(), 12); }

void print_table(const std::vector<MetricsRow>& rows) {
  const std::vector<std::string> columns = columns_of(rows);
  const std::vector<std::string> heads = on_one_line(columns);
  fmt::print("{:>9} {:>6} {:<10}", "step", "epoch", "split");
  for (const std::string& head : heads) fmt::print(" {:>{}}", head, width_of(head));
  fmt::print("\n");
  for (const MetricsRow& row : rows) {
    fmt::print("{:>9} {:>6} {:<10}", row.step, row.epoch, on_one_line(row.split));
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto value = row.value(columns[i]);
      fmt::print(" {:>{}}", value ? fmt::format("{:.6g}", *value) : "", width_of(heads[i]));
    }
    fmt::print("\n");
  }
}

void print_metrics(const MetricsOptions& options) {
  const RunFolder folder(options.run);
  if (!std::filesystem::exists(folder.metrics())) {
    throw IoError("{}: holds no metrics.jsonl; give the folder of a run", options.run.string());
  }
  const std::vector<MetricsRow> rows = read_rows(folder.metrics());
  options.csv ? print_csv(rows) : print_table(rows);
}

}  // namespace

void add_metrics(CLI::App& app) {
  auto options = std::make_shared<MetricsOptions>();
  auto* command = app.add_subcommand("metrics", "Print what a run measured while it trained");
  command->add_option("run", options->run, "Folder of the run")->required()->type_name("RUN");
  command->add_flag("--csv", options->csv, "As CSV, every number in full");
  command->final_callback([options] { print_metrics(*options); });
}

}  // namespace vae
