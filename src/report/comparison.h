// Several runs in one table.
#pragma once

#include <span>
#include <string>

#include "report/report.h"

namespace vae {

/// A row a run: the keys of the config in which they differ, what they reached, what it cost. The best bound
/// is marked where the bounds can be compared.
std::string comparison_table(std::span<const ReportedRun> runs);

}  // namespace vae
