#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/decoding.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "core/error.h"
#include "core/npy.h"
#include "images/grid.h"

namespace vae {
namespace {

struct DecodingOptions {
  std::filesystem::path checkpoint;
  std::filesystem::path latents;
  std::filesystem::path labels;
  std::string class_name;
  std::string shown = "mean";
  uint64_t seed = 0;
  std::filesystem::path sheet;
  std::filesystem::path folder;
  Computing computing;
};

Tensor read_latents(const std::filesystem::path& file, int64_t latent) {
  const Tensor z = read_npy(file);
  if (z.dim() != 2 || z.size(1) != latent || z.size(0) == 0) {
    throw DataError("{}: an array of shape ({}); this model takes (pictures, {})", file.string(),
                    fmt::join(z.sizes(), ", "), latent);
  }
  if (!z.is_floating_point()) {
    throw DataError("{}: whole numbers; latents are float32 or float64", file.string());
  }
  if (!torch::isfinite(z).all().item<bool>()) {
    throw DataError("{}: holds NaN or infinite numbers, which no picture comes from", file.string());
  }
  return z;
}

Tensor read_labels(const std::filesystem::path& file, int64_t count, int64_t classes) {
  const Tensor labels = read_npy(file);
  if (labels.dim() != 1 || labels.size(0) != count || labels.is_floating_point()) {
    throw DataError("{}: expected {} whole numbers, one for each latent vector", file.string(), count);
  }
  if (labels.min().item<int64_t>() < 0 || labels.max().item<int64_t>() >= classes) {
    throw DataError("{}: holds {} to {}; labels of this model go from 0 to {}", file.string(),
                    labels.min().item<int64_t>(), labels.max().item<int64_t>(), classes - 1);
  }
  return labels.to(torch::kLong);
}

Tensor labels_for(const DecodingOptions& options, const LoadedModel& loaded, int64_t count) {
  if (options.labels.empty()) return labels_of_class(loaded, options.class_name, count);
  require_condition(loaded, "--labels");
  return read_labels(options.labels, count, loaded.model->classes()).to(loaded.device);
}

void run_decode(const DecodingOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Tensor z = read_latents(options.latents, loaded.model->latent());
  const Tensor labels = labels_for(options, loaded, z.size(0));
  const std::vector<Image> pictures =
      decode_images(loaded, options.computing, {z, labels}, options.shown, options.seed);

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["pictures"] = z.size(0);
  if (!options.sheet.empty()) {
    write_sheet(results, options.sheet, grid(pictures, square_columns(pictures.size())));
  }
  if (!options.folder.empty()) write_each(results, options.folder, pictures, numbered_names(pictures.size()));
  results.print(options.computing.json);
}

}  // namespace

void add_decode(CLI::App& app) {
  auto options = std::make_shared<DecodingOptions>();
  auto* command = app.add_subcommand("decode", "Make pictures of latent vectors from a NumPy file");
  add_checkpoint(*command, options->checkpoint);
  command
      ->add_option("--latents", options->latents,
                   ".npy file, [pictures, latent], float32 or float64, as vae encode writes it")
      ->required()
      ->type_name("FILE");
  auto* one_class = add_class(*command, options->class_name);
  command
      ->add_option("--labels", options->labels,
                   ".npy file with the number of each picture's class, for models conditioned on classes")
      ->type_name("FILE")
      ->excludes(one_class);
  add_rendering(*command, options->shown);
  add_seed(*command, options->seed);
  add_outputs(*command, options->sheet, options->folder);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_decode(*options); });
}

}  // namespace vae
