#include <filesystem>
#include <vector>

#include "cli/commands.h"
#include "report/report.h"
#include "training/run_folder.h"

namespace vae {
namespace {

struct ReportOptions {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path out;
};

void report(const ReportOptions& options) {
  const std::filesystem::path out = !options.out.empty()       ? options.out
                                    : options.runs.size() == 1 ? RunFolder(options.runs[0]).report()
                                                               : std::filesystem::path("report.html");
  write_report(options.runs, out);
  fmt::print("{}\n", out.string());
}

}  // namespace

void add_report(CLI::App& app) {
  auto options = std::make_shared<ReportOptions>();
  auto* command = app.add_subcommand("report", "Show a run, or several side by side, as one HTML file");
  command->add_option("runs", options->runs, "Run folders")->required()->type_name("RUN");
  command
      ->add_option("--out", options->out,
                   "HTML file; report.html in the run's folder if not given, of several runs in this one")
      ->type_name("FILE");
  command->final_callback([options] { report(*options); });
}

}  // namespace vae
