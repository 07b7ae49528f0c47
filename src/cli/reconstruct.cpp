#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "data/batches.h"
#include "data/image_tensor.h"
#include "images/grid.h"
#include "model/generate.h"

namespace vae {
namespace {

constexpr int64_t kColumns = 8;

struct ReconstructOptions {
  std::filesystem::path checkpoint;
  std::filesystem::path images;
  std::filesystem::path sheet;
  std::filesystem::path folder;
  int64_t sheet_count = 64;
  uint64_t seed = 0;
  Computing computing;
};

std::vector<std::string> source_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < dataset.size(); ++i) names.push_back(dataset.name(i));
  return names;
}

void append(std::vector<Image>& images, const Tensor& x) {
  for (Image& image : to_images(x)) images.push_back(std::move(image));
}

void run_reconstruct(const ReconstructOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Pictures pictures = read_images(loaded, options.images);
  const EvaluationBatches batches(pictures, batch_size(options.computing, *loaded.model), options.seed);
  const Progress progress = show_progress("batches reconstructed");
  std::vector<Image> originals, reconstructions;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    append(originals, batch.x);
    const std::unique_ptr<Posterior> posterior = loaded.inference->infer(*loaded.model, batch, options.seed);
    append(reconstructions, reconstruct(*loaded.model, *posterior, batch.labels));
    progress(i + 1, batches.count());
  }

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["pictures"] = pictures.size();
  if (!options.folder.empty()) {
    write_each(results, options.folder, reconstructions, png_names(source_names(pictures.dataset())));
  }
  if (!options.sheet.empty()) {
    const size_t shown = std::min(originals.size(), static_cast<size_t>(options.sheet_count));
    originals.resize(shown);
    reconstructions.resize(shown);
    write_sheet(results, options.sheet, comparison_grid(originals, reconstructions, kColumns));
  }
  results.print(options.computing.json);
}

}  // namespace

void add_reconstruct(CLI::App& app) {
  auto options = std::make_shared<ReconstructOptions>();
  auto* command = app.add_subcommand("reconstruct", "Pass a folder of pictures through a trained model");
  add_checkpoint(*command, options->checkpoint);
  command->add_option("--images", options->images, "Folder of JPEG, PNG and WebP files of any size")
      ->required()
      ->type_name("FOLDER");
  add_outputs(*command, options->sheet, options->folder);
  command
      ->add_option("--sheet-count", options->sheet_count,
                   "Pictures on the sheet, originals above reconstructions")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  add_seed(*command, options->seed);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_reconstruct(*options); });
}

}  // namespace vae
