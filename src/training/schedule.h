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

struct StagesSchedule {
  static constexpr std::string_view kType = "stages";
  static constexpr std::string_view kHelp =
      "Stages that each last longer and learn slower than the one before, over the whole training (Burda et "
      "al. 2016).";
  int64_t count = 8;
  double growth = 3;
  double factor = 0.7196856730011521;
  bool operator==(const StagesSchedule&) const = default;
};

inline constexpr auto fields(Tag<StagesSchedule>) {
  return std::tuple{
      field("count", &StagesSchedule::count, closed(1, 1000), "How many stages."),
      field("growth", &StagesSchedule::growth, closed(1, 1000),
            "How many times as long as the one before each lasts."),
      field("factor", &StagesSchedule::factor, open(0, 1),
            "What each beginning of a stage multiplies by; 10^(-1/7)."),
  };
}

using ScheduleConfig = OneOf<ConstantSchedule, WarmupSchedule, CosineSchedule, StepSchedule, StagesSchedule>;

/// Factor of the base learning rate at `step` (from 0) of `total_steps`.
double learning_rate_factor(const ScheduleConfig& schedule, int64_t step, int64_t total_steps);

}  // namespace vae
