#include "cli/dry_run.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "core/duration.h"

namespace vae {
namespace {

void print_need(std::string_view what, int64_t bytes) {
  if (bytes > 0) fmt::print("  {:<28} {:>12}\n", what, format_bytes(bytes));
}

void print_memory(const MemoryNeed& memory) {
  fmt::print("memory      {}\n", format_bytes(memory.total()));
  print_need("weights", memory.weights);
  print_need("gradients", memory.gradients);
  print_need("optimizer", memory.optimizer);
  print_need("average of the weights", memory.average);
  print_need("posteriors of the pictures", memory.posteriors);
  print_need("activations of a step", memory.activations);
  print_need("training pictures", memory.pictures);
}

}  // namespace

std::string format_bytes(int64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

void print_rehearsal(const Rehearsal& rehearsal, const Config& config) {
  fmt::print("pictures    {}, {} for training, {} for validation, {} for the test\n",
             to_string(rehearsal.shape), rehearsal.training, rehearsal.validation, rehearsal.test);
  fmt::print("classes     {}\n",
             rehearsal.classes.empty() ? "none" : fmt::format("{}", rehearsal.classes.size()));
  fmt::print("parameters  {}\n", rehearsal.parameters());
  for (const ModuleSize& module : rehearsal.modules) {
    fmt::print("  {:<28} {:>12}\n", module.name, module.parameters);
  }
  print_memory(rehearsal.memory);
  fmt::print("steps       {}: {} epochs of {}\n", rehearsal.steps, config.training.epochs,
             rehearsal.steps_per_epoch);
  fmt::print("speed       {:.1f} ms a step, the median of {} on {}: {:.0f} pictures/s\n",
             1000 * rehearsal.seconds_per_step, rehearsal.timed_steps, rehearsal.device,
             static_cast<double>(config.training.batch_size) / rehearsal.seconds_per_step);
  fmt::print("time        {}, without validation and pictures\n", format_duration(rehearsal.seconds()));
}

}  // namespace vae
