#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/decoding.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "core/error.h"
#include "evaluation/traversal.h"
#include "images/grid.h"
#include "images/margin.h"

namespace vae {
namespace {

struct TraverseOptions {
  std::filesystem::path checkpoint;
  PictureSource source = {.split = "validation"};
  int64_t picture = 0;
  TraversalOptions traversal;
  std::optional<uint64_t> seed;
  std::filesystem::path sheet;
  Animation animation;
  Computing computing;
};

/// The picture that is changed, and where the model sees it.
struct Start {
  std::string name;
  Tensor z;      // [latent]
  Tensor label;  // []; undefined where the model is not conditioned on classes
};

Start start_at(const LoadedModel& loaded, const Pictures& pictures, const Encoding& encoding,
               const TraverseOptions& options) {
  if (options.picture >= pictures.size()) {
    throw UsageError("--picture {}: {} has {} pictures, the last is number {}", options.picture,
                     options.source.description(), pictures.size(), pictures.size() - 1);
  }
  return {.name = pictures.dataset().name(options.picture),
          .z = most_likely(encoding.mean[options.picture], loaded.model->posterior().latent_space()),
          .label = loaded.model->classes() > 0 ? pictures.labels()[options.picture] : Tensor()};
}

Latents latents_of(const std::vector<Sweep>& sweeps, const Start& start) {
  std::vector<Tensor> z;
  for (const Sweep& sweep : sweeps) z.push_back(sweep.z);
  Latents latents = {.z = torch::cat(z)};
  if (start.label.defined()) latents.labels = start.label.repeat({latents.z.size(0)});
  return latents;
}

/// One picture of each sweep, `step` steps on.
Image frame(const std::vector<Image>& pictures, int64_t steps, int64_t step) {
  std::vector<Image> cells;
  for (size_t i = static_cast<size_t>(step); i < pictures.size(); i += static_cast<size_t>(steps)) {
    cells.push_back(pictures[i]);
  }
  return grid(cells, square_columns(cells.size()));
}

void describe(Results& results, const std::vector<Sweep>& sweeps) {
  results["sweeps"] = Json::array();
  results.say("  latent    activity        from          to");
  for (const Sweep& sweep : sweeps) {
    results["sweeps"].push_back({{"latent", sweep.variable},
                                 {"activity", number(sweep.activity)},
                                 {"from", number(sweep.from)},
                                 {"to", number(sweep.to)}});
    results.say(fmt::format("  {:<6}{:>12.4f}{:>12.4f}{:>12.4f}", fmt::format("z{}", sweep.variable),
                            sweep.activity, sweep.from, sweep.to));
  }
}

void run_traverse(const TraverseOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const uint64_t seed = options.seed.value_or(loaded.checkpoint.config.seed);
  const Pictures pictures = read_pictures(loaded, options.source);
  const EvaluationBatches batches(pictures, batch_size(options.computing, *loaded.model), seed);
  const Encoding encoding =
      encode(*loaded.model, *loaded.inference, batches, seed, show_progress("batches encoded"));
  const Start start = start_at(loaded, pictures, encoding, options);
  const std::vector<Sweep> sweeps =
      traverse(start.z, aggregate(encoding), loaded.model->posterior().latent_space(), options.traversal);
  const std::vector<Image> images = decode_images(loaded, options.computing, latents_of(sweeps, start));
  const int64_t steps = sweeps.front().z.size(0);

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["picture"] = start.name;
  results["of"] = options.source.description();
  describe(results, sweeps);
  if (!options.sheet.empty()) {
    std::vector<std::string> names;
    for (const Sweep& sweep : sweeps) names.push_back(fmt::format("z{}", sweep.variable));
    write_sheet(results, options.sheet, with_row_names(grid(images, steps), names));
  }
  if (options.animation.is_wanted()) {
    std::vector<Image> frames;
    for (int64_t step = 0; step < steps; ++step) frames.push_back(frame(images, steps, step));
    write_animation(results, options.animation, frames);
  }
  results.print(options.computing.json);
}

}  // namespace

void add_traverse(CLI::App& app) {
  auto options = std::make_shared<TraverseOptions>();
  auto* command =
      app.add_subcommand("traverse", "Change one picture along each latent, the most active ones first");
  command->footer(
      "A row of the sheet is a latent, which goes through the range that it has over the pictures of the "
      "split "
      "or the folder, while the others stay where the picture has them. A latent is the more active the more "
      "its posterior mean varies over the pictures (Burda et al. 2016). Of categories a row shows each.");
  add_checkpoint(*command, options->checkpoint);
  add_picture_source(*command, options->source);
  command->add_option("--picture", options->picture, "Number of the picture that is changed, from 0")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_option("--latents", options->traversal.variables, "How many latents")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command->add_option("--steps", options->traversal.steps, "Pictures along each")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{2}, int64_t{1000}));
  command
      ->add_option("--reach", options->traversal.reach,
                   "How far from the mean, in standard deviations of the latent over the pictures")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  add_seed(*command, options->seed);
  add_sheet_or_animation(*command, options->sheet, options->animation);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_traverse(*options); });
}

}  // namespace vae
