#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "data/batches.h"
#include "distributions/bits_per_dimension.h"
#include "evaluation/evaluation.h"

namespace vae {
namespace {

// Numbers of one draw's decoded pictures: a few hundred megabytes with what the density needs beside them.
constexpr int64_t kBatchElements = int64_t{1} << 22;
constexpr int64_t kLargestBatch = 1000;

struct EvaluateOptions {
  std::filesystem::path checkpoint;
  std::filesystem::path images;
  std::string split = "test";
  int64_t samples = 1;
  std::optional<uint64_t> seed;
  bool json = false;
  std::string device = "auto";
};

std::shared_ptr<const Dataset> read(const EvaluateOptions& options, const Checkpoint& checkpoint) {
  return options.images.empty() ? read_split(checkpoint, options.split)
                                : read_images(checkpoint, options.images);
}

int64_t batch_size(const Vae& model) {
  const PictureShape& picture = model.picture();
  const int64_t elements =
      model.likelihood().parameter_channels(picture.channels) * picture.height * picture.width;
  return std::clamp(kBatchElements / elements, int64_t{1}, kLargestBatch);
}

nlohmann::ordered_json or_null(const std::optional<double>& number) {
  return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
}

nlohmann::ordered_json to_json(const LatentDimension& dimension) {
  return {{"mean", dimension.mean},
          {"deviation", dimension.deviation},
          {"variance_of_means", dimension.variance_of_means},
          {"kl", or_null(dimension.kl)}};
}

void print_json(const EvaluateOptions& options, const Checkpoint& checkpoint, const Evaluation& result,
                const std::optional<BitsPerDimension>& bits) {
  nlohmann::ordered_json json = {{"checkpoint", checkpoint.path.string()}};
  if (options.images.empty()) {
    json["split"] = options.split;
  } else {
    json["images"] = options.images.string();
  }
  json["pictures"] = result.pictures;
  json["samples"] = result.samples;
  json["elbo"] = result.elbo.value;
  json["elbo_standard_error"] = result.elbo.over_pictures;
  json["reconstruction"] = result.reconstruction.value;
  json["kl"] = result.kl.value;
  json["log_likelihood"] = result.log_likelihood.value;
  json["log_likelihood_standard_error"] = result.log_likelihood.over_pictures;
  json["log_likelihood_sampling_error"] = or_null(result.log_likelihood.over_draws);
  json["bits_per_dimension"] = bits ? nlohmann::ordered_json(bits->value) : nlohmann::ordered_json();
  json["bits_per_dimension_of"] = bits ? nlohmann::ordered_json(bits->of) : nlohmann::ordered_json();
  json["active_units"] = result.active_units();
  json["largest_correlation"] = result.largest_correlation;
  json["latents"] = nlohmann::ordered_json::array();
  for (const LatentDimension& dimension : result.latents) json["latents"].push_back(to_json(dimension));
  fmt::print("{}\n", json.dump());
}

void print_table(const Evaluation& result, const std::optional<BitsPerDimension>& bits,
                 const std::string& pictures) {
  const auto row = [](std::string_view name, const Estimate& estimate) {
    fmt::print("{:<22}{:>12.4f} ± {:.4f}{}\n", name, estimate.value, estimate.over_pictures,
               estimate.over_draws ? fmt::format(", draws ± {:.4f}", *estimate.over_draws) : "");
  };
  fmt::print("{} pictures of {}, {} draws of z each; nats per picture ± standard error over pictures\n",
             result.pictures, pictures, result.samples);
  row("ELBO", result.elbo);
  row("reconstruction", result.reconstruction);
  row("KL", result.kl);
  if (result.samples > 1) row(fmt::format("log p(x), IWAE-{}", result.samples), result.log_likelihood);
  if (bits) fmt::print("{:<22}{:>12.4f}  (of {})\n", "bits/dimension", bits->value, bits->of);
  fmt::print("{:<22}{:>12} of {}\n", "active units", result.active_units(), result.latents.size());
  fmt::print("{:<22}{:>12.4f}\n", "largest correlation", result.largest_correlation);
}

void evaluate(const EvaluateOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.device);
  const Checkpoint& checkpoint = loaded.checkpoint;
  const Pictures pictures(read(options, checkpoint), checkpoint.config.data.observation,
                          {loaded.device, loaded.model->options().dtype().toScalarType()});
  const uint64_t seed = options.seed.value_or(checkpoint.config.seed);
  const Evaluation result = evaluate_model(
      *loaded.model, EvaluationBatches(pictures, batch_size(*loaded.model), seed), options.samples, seed);
  const double bound = result.samples > 1 ? result.log_likelihood.value : result.elbo.value;
  const std::optional<BitsPerDimension> bits =
      bits_per_dimension(loaded.model->likelihood().base_measure(), checkpoint.config.data.observation, bound,
                         loaded.model->picture().elements());
  if (options.json) {
    print_json(options, checkpoint, result, bits);
  } else {
    print_table(
        result, bits,
        options.images.empty() ? fmt::format("the {} split", options.split) : options.images.string());
  }
}

}  // namespace

void add_evaluate(CLI::App& app) {
  auto options = std::make_shared<EvaluateOptions>();
  auto* command =
      app.add_subcommand("evaluate", "Measure a trained model on the data of its config, or on a folder");
  add_checkpoint(*command, options->checkpoint);
  auto* split = add_split(*command, options->split);
  command->add_option("--images", options->images, "Folder of pictures instead")
      ->type_name("FOLDER")
      ->excludes(split);
  command
      ->add_option("--samples", options->samples,
                   "K, draws of z for each picture; with more than one log p(x) is estimated too")
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
