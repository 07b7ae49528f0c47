#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "core/error.h"
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

// Numbers read back exactly; what a row does not have, or was not finite, stays empty.
void print_csv(const std::vector<MetricsRow>& rows) {
  const std::vector<std::string> columns = columns_of(rows);
  fmt::print("step,epoch,split{}{}\n", columns.empty() ? "" : ",", fmt::join(columns, ","));
  for (const MetricsRow& row : rows) {
    fmt::print("{},{},{}", row.step, row.epoch, row.split);
    for (const std::string& column : columns) {
      const auto value = row.value(column);
      fmt::print(",{}", value ? fmt::format("{}", *value) : "");
    }
    fmt::print("\n");
  }
}

void print_table(const std::vector<MetricsRow>& rows) {
  const std::vector<std::string> columns = columns_of(rows);
  fmt::print("{:>9} {:>6} {:<10}", "step", "epoch", "split");
  for (const std::string& column : columns)
    fmt::print(" {:>{}}", column, std::max<size_t>(column.size(), 12));
  fmt::print("\n");
  for (const MetricsRow& row : rows) {
    fmt::print("{:>9} {:>6} {:<10}", row.step, row.epoch, row.split);
    for (const std::string& column : columns) {
      const auto value = row.value(column);
      fmt::print(" {:>{}}", value ? fmt::format("{:.6g}", *value) : "", std::max<size_t>(column.size(), 12));
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
