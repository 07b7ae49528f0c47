#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "core/error.h"
#include "data/batches.h"
#include "data/labelled.h"
#include "data/memory.h"
#include "distributions/bits_per_dimension.h"
#include "objectives/validation.h"

namespace vae {
namespace {

constexpr int64_t kBatch = 512;

struct EvaluateOptions {
  std::filesystem::path checkpoint;
  std::string split = "test";
  int64_t samples = 1;
  std::optional<uint64_t> seed;
  bool json = false;
  std::string device = "auto";
};

const std::map<std::string, std::shared_ptr<const Dataset> Splits::*> kSplits = {
    {"train", &Splits::train}, {"validation", &Splits::validation}, {"test", &Splits::test}};

std::shared_ptr<const Dataset> read_split(const Checkpoint& checkpoint, const std::string& name) {
  const int64_t threads = at::get_num_threads();
  const Splits splits = open_splits(checkpoint.config.data, checkpoint.config.seed, threads);
  const std::shared_ptr<const Dataset>& chosen = splits.*kSplits.at(name);
  if (!chosen) {
    throw UsageError("--split {}: data.{} of the checkpoint's config is \"none\"; choose another split", name,
                     name);
  }
  if (chosen->shape() != checkpoint.pictures.shape()) {
    throw DataError(
        "data.{}: its pictures have another size or other channels than those the checkpoint was trained on",
        name);
  }
  if (!checkpoint.config.model.condition) return with_stored_pixels(chosen, threads);
  return with_stored_pixels(std::make_shared<Labelled>(chosen, checkpoint.pictures.classes), threads);
}

void evaluate(const EvaluateOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.device);
  const Pictures pictures(read_split(loaded.checkpoint, options.split),
                          loaded.checkpoint.config.data.observation,
                          {loaded.device, loaded.model->options().dtype().toScalarType()});
  const uint64_t seed = options.seed.value_or(loaded.checkpoint.config.seed);
  const Validation result =
      validate(*loaded.model, EvaluationBatches(pictures, kBatch, seed), options.samples, seed);
  const std::optional<BitsPerDimension> bits =
      bits_per_dimension(loaded.model->likelihood().base_measure(), loaded.checkpoint.config.data.observation,
                         result.elbo, loaded.model->picture().elements());
  if (options.json) {
    nlohmann::ordered_json json = {{"checkpoint", loaded.checkpoint.path.string()},
                                   {"split", options.split},
                                   {"pictures", pictures.size()},
                                   {"samples", options.samples},
                                   {"elbo", result.elbo},
                                   {"reconstruction", result.reconstruction},
                                   {"kl", result.kl}};
    json["bits_per_dimension"] = bits ? nlohmann::ordered_json(bits->value) : nlohmann::ordered_json();
    json["bits_per_dimension_of"] = bits ? nlohmann::ordered_json(bits->of) : nlohmann::ordered_json();
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("{} pictures of the {} split, {} draws of z each; nats per picture\n", pictures.size(),
             options.split, options.samples);
  fmt::print("ELBO            {:>12.4f}\nreconstruction  {:>12.4f}\nKL              {:>12.4f}\n", result.elbo,
             result.reconstruction, result.kl);
  if (bits) fmt::print("bits/dimension  {:>12.4f}  (of {})\n", bits->value, bits->of);
}

}  // namespace

void add_evaluate(CLI::App& app) {
  auto options = std::make_shared<EvaluateOptions>();
  auto* command = app.add_subcommand("evaluate", "Measure a trained model on the data of its config");
  add_checkpoint(*command, options->checkpoint);
  command->add_option("--split", options->split, "Which part of the data")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kSplits));
  command->add_option("--samples", options->samples, "Draws of z for each picture")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command
      ->add_option("--seed", options->seed,
                   "Of the noise in pictures and latents; the run's own if not given")
      ->type_name("N")
      ->check(check_seed);
  command->add_flag("--json", options->json, "One JSON object instead of a table");
  add_device(*command, options->device);
  command->final_callback([options] { evaluate(*options); });
}

}  // namespace vae
