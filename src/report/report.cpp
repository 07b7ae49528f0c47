#include "report/report.h"

#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "report/assets.h"
#include "report/comparison.h"
#include "report/curves.h"
#include "report/html.h"
#include "report/sections.h"

namespace vae {
namespace {

// What a page of several runs shows of each, behind the comparison.
constexpr size_t kSheetsOfAll = 48;
constexpr size_t kSheetsOfOne = 24;

size_t sheets_of_each(size_t runs) {
  return std::max<size_t>(2, std::min(kSheetsOfOne, kSheetsOfAll / runs));
}

std::string page_of_one(const ReportedRun& run) {
  return heading(run) + highlights(run) + paper_section(run) +
         section("Training", curves({&run, 1}) + step_curves({&run, 1})) +
         run_sections(run, sheets_of_each(1));
}

std::string details_of(const ReportedRun& run, size_t sheets) {
  return "<details class=\"run\"><summary>" + escaped(run.record.name) + "</summary>" + description(run) +
         highlights(run) + paper_section(run) + run_sections(run, sheets) + "</details>";
}

std::string samples_of_each(std::span<const ReportedRun> runs) {
  std::string html;
  for (const ReportedRun& run : runs) html += last_samples(run.record);
  return "<div class=\"sheets-of-runs\">" + html + "</div>";
}

std::string page_of_several(std::span<const ReportedRun> runs) {
  std::string html = fmt::format("<header><h1>{} runs</h1></header>", runs.size());
  html += section("Side by side", comparison_table(runs));
  html += section("Training", curves(runs) + step_curves(runs));
  html += section("Samples", samples_of_each(runs));
  html += "<h2>Each run</h2>";
  for (const ReportedRun& run : runs) html += details_of(run, sheets_of_each(runs.size()));
  return html;
}

std::string title_of(std::span<const ReportedRun> runs) {
  return runs.size() == 1 ? runs[0].record.name : fmt::format("{} runs", runs.size());
}

}  // namespace

ReportedRun read_for_report(const std::filesystem::path& path) {
  ReportedRun run = {.record = read_run(path), .view = {}, .missing = {}};
  try {
    run.view = look_at_model(run.record.checkpoint);
  } catch (const Error& error) {
    run.missing = error.what();
  }
  return run;
}

std::string report_page(std::span<const ReportedRun> runs) {
  // The policy forbids what the page does not do anyway: to ask any other place for anything.
  constexpr std::string_view kPolicy =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{} · vae</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{}\n</main>\n"
      "<div id=\"tip\" hidden></div>\n<script>\n{}</script>\n</body>\n</html>\n",
      kPolicy, escaped(title_of(runs)), kStyle,
      runs.size() == 1 ? page_of_one(runs[0]) : page_of_several(runs), kScript);
}

void write_report(std::span<const std::filesystem::path> paths, const std::filesystem::path& out) {
  std::vector<ReportedRun> runs;
  for (const std::filesystem::path& path : paths) runs.push_back(read_for_report(path));
  write_file_atomically(out, std::string_view(report_page(runs)));
}

}  // namespace vae
