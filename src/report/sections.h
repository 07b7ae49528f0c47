// The parts of a report's page on one run.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "report/report.h"

namespace vae {

// Layout.
std::string section(const std::string& title, const std::string& content);
/// Figures side by side where there is room, for more of them where they are "narrow".
std::string charts(const std::string& figures, const std::string& kind = "");
std::string folded(const std::string& summary, const std::string& content);       // shown when it is opened
std::string table(const std::vector<std::pair<std::string, std::string>>& rows);  // names and HTML

/// The name of the bound by which training chose its weights.
std::string bound_of(const RunRecord& run);

std::string heading(const ReportedRun& run);
/// Model and data in one sentence.
std::string description(const ReportedRun& run);
/// The numbers that matter, large.
std::string highlights(const ReportedRun& run);
/// What the run repeats, and how near it came; empty where it repeats nothing.
std::string paper_section(const ReportedRun& run);
/// The samples of the last epoch; empty where there are none.
std::string last_samples(const RunRecord& run);
/// Everything else: pictures through the epochs, latents, data, config, environment.
std::string run_sections(const ReportedRun& run, size_t most_sheets);

}  // namespace vae
