// Learning-rate schedules: factors of the base learning rate.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"

namespace vae {

struct ConstantSchedule {
  static constexpr std::string_view kType = "constant";
  static constexpr std::string_view kHelp = "The base learning rate all along.";
  bool operator==(const ConstantSchedule&) const = default;
};

inline constexpr auto fields(Tag<ConstantSchedule>) { return std::tuple{}; }

struct WarmupSchedule {
  static constexpr std::string_view kType = "linear_warmup";
  static constexpr std::string_view kHelp = "Grows linearly, then stays.";
  int64_t steps = 1000;
  bool operator==(const WarmupSchedule&) const = default;
};

inline constexpr auto fields(Tag<WarmupSchedule>) {
  return std::tuple{
      field("steps", &WarmupSchedule::steps, at_least(1), "Steps until the base learning rate is reached.")};
}

struct CosineSchedule {
  static constexpr std::string_view kType = "cosine";
  static constexpr std::string_view kHelp =
      "Falls along half a cosine over the whole training (Loshchilov and Hutter 2017).";
  int64_t warmup_steps = 0;
  double final_factor = 0;
  bool operator==(const CosineSchedule&) const = default;
};

inline constexpr auto fields(Tag<CosineSchedule>) {
  return std::tuple{
      field("warmup_steps", &CosineSchedule::warmup_steps, non_negative, "Steps of linear growth before."),
      field("final_factor", &CosineSchedule::final_factor, closed(0, 1),
            "Share of the base learning rate at the end."),
  };
}

struct StepSchedule {
  static constexpr std::string_view kType = "step";
  static constexpr std::string_view kHelp = "Multiplied by a factor every so many steps.";
  int64_t every_steps = 10000;
  double factor = 0.1;
  bool operator==(const StepSchedule&) const = default;
};

inline constexpr auto fields(Tag<StepSchedule>) {
  return std::tuple{
      field("every_steps", &StepSchedule::every_steps, at_least(1), "Steps between two falls."),
      field("factor", &StepSchedule::factor, open(0, 1), "What each fall multiplies by."),
  };
}

using ScheduleConfig = OneOf<ConstantSchedule, WarmupSchedule, CosineSchedule, StepSchedule>;

/// Factor of the base learning rate at `step` (from 0) of `total_steps`.
double learning_rate_factor(const ScheduleConfig& schedule, int64_t step, int64_t total_steps);

}  // namespace vae
