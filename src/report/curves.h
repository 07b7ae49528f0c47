// What training measured over time, as charts.
#pragma once

#include <span>
#include <string>

#include "report/report.h"

namespace vae {

/// ELBO, reconstruction and KL over epochs: of one run in training and validation, of several only what
/// chooses their weights. The importance-weighted bound and the objective where they are something else.
std::string curves(std::span<const ReportedRun> runs);

/// Gradient norm, learning rate and speed.
std::string step_curves(std::span<const ReportedRun> runs);

}  // namespace vae
