#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "core/error.h"
#include "data/batches.h"
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

std::shared_ptr<const MemoryDataset> read_split(const Checkpoint& checkpoint, const std::string& name) {
  const DataConfig& data = checkpoint.config.data;
  const Splits splits = open_splits(data.train, data.validation, data.test, checkpoint.config.seed);
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
  return std::make_shared<MemoryDataset>(*chosen, at::get_num_threads());
}

// Dequantised pixels lie 256 to the unit: the density of (k + u) / 256 bounds the probability of k from below
// by log P(k) >= E_u log p((k + u) / 256) - D log 256 (Theis, van den Oord and Bethge 2016, eq. 3).
std::optional<double> bits_per_dimension(const LoadedModel& loaded, double elbo) {
  const bool applies = loaded.model->likelihood().base_measure() == BaseMeasure::continuous &&
                       loaded.checkpoint.config.data.observation.is<Dequantize>();
  if (!applies) return std::nullopt;
  return -elbo / (static_cast<double>(loaded.model->picture().elements()) * std::numbers::ln2) + 8;
}

void evaluate(const EvaluateOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.device);
  const Pictures pictures(read_split(loaded.checkpoint, options.split),
                          loaded.checkpoint.config.data.observation,
                          {loaded.device, loaded.model->options().dtype().toScalarType()});
  const uint64_t seed = options.seed.value_or(loaded.checkpoint.config.seed);
  const Validation result =
      validate(*loaded.model, EvaluationBatches(pictures, kBatch, seed), options.samples, seed);
  const std::optional<double> bits = bits_per_dimension(loaded, result.elbo);
  if (options.json) {
    nlohmann::ordered_json json = {{"checkpoint", loaded.checkpoint.path.string()},
                                   {"split", options.split},
                                   {"pictures", pictures.size()},
                                   {"samples", options.samples},
                                   {"elbo", result.elbo},
                                   {"reconstruction", result.reconstruction},
                                   {"kl", result.kl}};
    json["bits_per_dimension"] = bits ? nlohmann::ordered_json(*bits) : nlohmann::ordered_json();
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("{} pictures of the {} split, {} draws of z each; nats per picture\n", pictures.size(),
             options.split, options.samples);
  fmt::print("ELBO            {:>12.4f}\nreconstruction  {:>12.4f}\nKL              {:>12.4f}\n", result.elbo,
             result.reconstruction, result.kl);
  if (bits) fmt::print("bits/dimension  {:>12.4f}  (upper bound, of 8-bit pixels)\n", *bits);
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
