#include <fmt/format.h>

#include <map>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/results.h"
#include "config/parse.h"
#include "core/one_line.h"
#include "objectives/validation.h"
#include "training/checkpoint.h"

namespace vae {
namespace {

struct InspectOptions {
  std::filesystem::path checkpoint;
  bool json = false;
};

bool is_parameter(const std::string& name) {
  return !name.starts_with("optimizer.") && !name.starts_with("ema.") && !name.starts_with("training.") &&
         !name.starts_with("objective.");
}

// encoder.mlp.hidden0.weight is of the module encoder.mlp.hidden0.
std::string module_of(const std::string& parameter) { return parameter.substr(0, parameter.rfind('.')); }

void describe_parameters(Results& results, const Checkpoint& checkpoint) {
  std::map<std::string, int64_t> count;
  int64_t total = 0;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (!is_parameter(name)) continue;
    count[module_of(name)] += tensor.numel();
    total += tensor.numel();
  }
  results["parameters"] = total;
  results["modules"] = count;
  results.say(fmt::format("parameters  {}", total));
  for (const auto& [module, parameters] : count) {
    results.say(fmt::format("  {:<28} {:>12}", module, parameters));
  }
}

void describe_state(Results& results, const Checkpoint& checkpoint) {
  const TrainingState& state = checkpoint.state;
  results["step"] = state.step;
  results["epoch"] = state.epoch;
  results["batch"] = state.position;
  results["best"] = nullptr;
  results.say(
      fmt::format("step        {}, {} epochs and {} batches", state.step, state.epoch, state.position));
  if (!state.best_bound) return;
  const std::string bound = bound_name(validation_samples(checkpoint));
  results["best"] = {{"bound", bound}, {"value", *state.best_bound}, {"epoch", state.best_epoch}};
  results.say(fmt::format("best        validation {} {:.4f} nats, epoch {}", bound, *state.best_bound,
                          state.best_epoch));
}

void describe_pictures(Results& results, const PictureDescription& pictures) {
  results["pictures"] = {{"width", pictures.width},
                         {"height", pictures.height},
                         {"channels", pictures.channels},
                         {"count", pictures.count}};
  results["classes"] = pictures.classes;
  results.say(fmt::format("pictures    {}x{}, {} channels, {} for training", pictures.width, pictures.height,
                          pictures.channels, pictures.count));
  results.say(fmt::format(
      "classes     {}",
      pictures.classes.empty() ? "none" : on_one_line(fmt::format("{}", fmt::join(pictures.classes, ", ")))));
}

void inspect(const InspectOptions& options) {
  const Checkpoint checkpoint = Checkpoint::load(find_checkpoint(options.checkpoint));
  const std::string config = dump(checkpoint.config);
  Results results;
  results["checkpoint"] = checkpoint.path.string();
  results.say(fmt::format("checkpoint  {}", checkpoint.path.string()));
  describe_state(results, checkpoint);
  describe_pictures(results, checkpoint.pictures);
  describe_parameters(results, checkpoint);
  results["config"] = Json::parse(config);
  results.say(fmt::format("config\n{}", config));
  results.print(options.json);
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto options = std::make_shared<InspectOptions>();
  auto* command = app.add_subcommand("inspect", "Show what a checkpoint holds");
  add_checkpoint(*command, options->checkpoint);
  command->add_flag("--json", options->json, "One JSON object on stdout instead of text");
  command->final_callback([options] { inspect(*options); });
}

}  // namespace vae
