#include <fmt/format.h>

#include <map>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "config/parse.h"
#include "objectives/validation.h"
#include "training/checkpoint.h"

namespace vae {
namespace {

struct InspectOptions {
  std::filesystem::path checkpoint;
};

bool is_parameter(const std::string& name) {
  return !name.starts_with("optimizer.") && !name.starts_with("ema.") && !name.starts_with("training.") &&
         !name.starts_with("objective.");
}

// encoder.mlp.hidden0.weight is of the module encoder.mlp.hidden0.
std::string module_of(const std::string& parameter) { return parameter.substr(0, parameter.rfind('.')); }

void print_parameters(const Checkpoint& checkpoint) {
  std::map<std::string, int64_t> count;
  int64_t total = 0;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (!is_parameter(name)) continue;
    count[module_of(name)] += tensor.numel();
    total += tensor.numel();
  }
  fmt::print("parameters  {}\n", total);
  for (const auto& [module, parameters] : count) fmt::print("  {:<28} {:>12}\n", module, parameters);
}

void inspect(const InspectOptions& options) {
  const Checkpoint checkpoint = Checkpoint::load(find_checkpoint(options.checkpoint));
  const TrainingState& state = checkpoint.state;
  const PictureDescription& pictures = checkpoint.pictures;
  fmt::print("checkpoint  {}\n", checkpoint.path.string());
  fmt::print("step        {}, {} epochs and {} batches\n", state.step, state.epoch, state.position);
  if (state.best_bound) {
    fmt::print("best        validation {} {:.4f} nats, epoch {}\n",
               bound_name(validation_samples(checkpoint)), *state.best_bound, state.best_epoch);
  }
  fmt::print("pictures    {}x{}, {} channels, {} for training\n", pictures.width, pictures.height,
             pictures.channels, pictures.count);
  fmt::print("classes     {}\n",
             pictures.classes.empty() ? "none" : fmt::format("{}", fmt::join(pictures.classes, ", ")));
  print_parameters(checkpoint);
  fmt::print("config\n{}\n", dump(checkpoint.config));
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto options = std::make_shared<InspectOptions>();
  auto* command = app.add_subcommand("inspect", "Show what a checkpoint holds");
  add_checkpoint(*command, options->checkpoint);
  command->final_callback([options] { inspect(*options); });
}

}  // namespace vae
