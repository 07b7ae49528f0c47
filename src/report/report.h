// A page on one run or several that shows itself: one HTML file that needs nothing else and no network.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "report/model_view.h"
#include "report/run_record.h"

namespace vae {

struct ReportedRun {
  RunRecord record;
  std::optional<ModelView> view;
  std::string missing;  // why there is no view
};

/// Everything that a report shows of a run. Where its data can't be read any more, there is no view of its
/// model; CheckpointError where `path` is no run.
ReportedRun read_for_report(const std::filesystem::path& path);

/// The page, as a function of what the runs left and of nothing else: no date, no place.
std::string report_page(std::span<const ReportedRun> runs);

/// Reads the runs and writes the page, atomically. IoError where it can't be written.
void write_report(std::span<const std::filesystem::path> runs, const std::filesystem::path& out);

}  // namespace vae
