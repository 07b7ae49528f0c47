#include "training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vae {
namespace {

// Never 0: the first step moves, too.
double warmup(int64_t step, int64_t steps) {
  return step >= steps ? 1 : static_cast<double>(step + 1) / static_cast<double>(steps);
}

double factor(const ConstantSchedule&, int64_t, int64_t) { return 1; }

double factor(const WarmupSchedule& schedule, int64_t step, int64_t) { return warmup(step, schedule.steps); }

double factor(const CosineSchedule& schedule, int64_t step, int64_t total_steps) {
  if (step < schedule.warmup_steps) return warmup(step, schedule.warmup_steps);
  const int64_t length = std::max<int64_t>(total_steps - schedule.warmup_steps, 1);
  const double done =
      std::min(1.0, static_cast<double>(step - schedule.warmup_steps) / static_cast<double>(length));
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * done));
  return schedule.final_factor + (1 - schedule.final_factor) * cosine;
}

double factor(const StepSchedule& schedule, int64_t step, int64_t) {
  return std::pow(schedule.factor, static_cast<double>(step / schedule.every_steps));
}

// Stage i lasts a share growth^i / sum_j growth^j of the training: the stage that `step` is in is the number
// of stages that have ended before it.
double factor(const StagesSchedule& schedule, int64_t step, int64_t total_steps) {
  double whole = 0, length = 1;
  for (int64_t i = 0; i < schedule.count; ++i, length *= schedule.growth) whole += length;
  double rate = 1, end = 0;
  length = 1;
  for (int64_t i = 0; i + 1 < schedule.count; ++i, length *= schedule.growth) {
    end += length / whole * static_cast<double>(total_steps);
    // Half a step more, so that rounding does not move a stage that ends with a step.
    if (static_cast<double>(step) + 0.5 < end) break;
    rate *= schedule.factor;
  }
  return rate;
}

}  // namespace

double learning_rate_factor(const ScheduleConfig& schedule, int64_t step, int64_t total_steps) {
  return schedule.visit([&](const auto& row) { return factor(row, step, total_steps); });
}

}  // namespace vae
