#include <cmath>
#include <map>
#include <string>

#include "cli/commands.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_output.h"
#include "core/error.h"
#include "data/image_tensor.h"
#include "images/grid.h"
#include "model/generate.h"

namespace vae {
namespace {

const std::map<std::string, Rendering> kRenderings = {{"mean", Rendering::mean}, {"draw", Rendering::draw}};

struct SampleOptions {
  std::filesystem::path checkpoint;
  int64_t count = 64;
  uint64_t seed = 0;
  double temperature = 1;
  std::string shown = "mean";
  std::string class_name;
  std::filesystem::path sheet;
  std::filesystem::path folder;
  std::string device = "auto";
};

/// The class that is asked for, or each in turn; undefined for a model without classes.
Tensor labels_to_draw(const SampleOptions& options, const LoadedModel& loaded) {
  const Tensor in_turn = labels_in_turn(*loaded.model, options.count);
  if (options.class_name.empty()) return in_turn;
  if (!in_turn.defined()) {
    throw UsageError("--class {}: {} is not conditioned on classes; leave --class out", options.class_name,
                     loaded.checkpoint.path.string());
  }
  return torch::full_like(in_turn, class_index(loaded.checkpoint, options.class_name));
}

void sample(const SampleOptions& options) {
  if (std::isnan(options.temperature)) throw UsageError("--temperature: expected a number from 0 to 100");
  const LoadedModel loaded = load_model(options.checkpoint, options.device);
  const Tensor labels = labels_to_draw(options, loaded);
  Random latents(options.seed, "sample latents");
  Random pixels(options.seed, "sample pixels");
  const Tensor z = draw_latents(*loaded.model, options.count, labels, options.temperature, latents);
  const std::vector<Image> pictures =
      to_images(decode_pictures(*loaded.model, z, labels, kRenderings.at(options.shown), pixels));

  if (!options.sheet.empty()) write_sheet(options.sheet, grid(pictures, square_columns(pictures.size())));
  if (!options.folder.empty()) write_each(options.folder, pictures, numbered_names(pictures.size()));
}

}  // namespace

void add_sample(CLI::App& app) {
  auto options = std::make_shared<SampleOptions>();
  auto* command = app.add_subcommand("sample", "Draw new pictures from a trained model");
  add_checkpoint(*command, options->checkpoint);
  command->add_option("--count", options->count, "How many")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  add_seed(*command, options->seed);
  command
      ->add_option("--temperature", options->temperature,
                   "Factor of the latents' standard deviation; below 1 is safer and duller")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--show", options->shown, "mean: the likelihood's mean; draw: a draw from it")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember(kRenderings));
  command->add_option("--class", options->class_name, "Class to draw, for models conditioned on classes")
      ->type_name("NAME");
  add_outputs(*command, options->sheet, options->folder);
  add_device(*command, options->device);
  command->final_callback([options] { sample(*options); });
}

}  // namespace vae
