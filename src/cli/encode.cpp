#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "core/csv.h"
#include "core/file.h"
#include "core/npy.h"
#include "evaluation/encoding.h"

namespace vae {
namespace {

struct EncodeOptions {
  std::filesystem::path checkpoint;
  PictureSource source;
  std::filesystem::path folder;
  std::optional<uint64_t> seed;
  Computing computing;
};

/// A row for each picture: its number, its name, its class where it has one, and its factors where the data
/// set knows them.
std::string table_of(const Dataset& dataset) {
  const bool labelled = !dataset.classes().empty();
  std::vector<std::string> fields = {"index", "name"};
  if (labelled) fields.emplace_back("class");
  for (const std::string& factor : dataset.factor_names()) fields.push_back(csv_field(factor));
  std::string table = csv_line(fields);
  for (int64_t i = 0; i < dataset.size(); ++i) {
    fields = {fmt::to_string(i), csv_field(dataset.name(i))};
    if (labelled) fields.push_back(csv_field(class_name(dataset, i)));
    for (const double value : dataset.factor_values(i)) fields.push_back(fmt::to_string(value));
    table += csv_line(fields);
  }
  return table;
}

void run_encode(const EncodeOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Vae& model = *loaded.model;
  const Pictures pictures = read_pictures(loaded, options.source);
  const uint64_t seed = options.seed.value_or(loaded.checkpoint.config.seed);
  const EvaluationBatches batches(pictures, batch_size(options.computing, model), seed);
  const Encoding encoding = encode(model, *loaded.inference, batches, seed, show_progress("batches encoded"));

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["pictures"] = encoding.pictures();
  results["latent"] = model.latent();
  results["sigma_is_estimated"] = encoding.deviation_is_estimated;
  make_folder(options.folder);
  const auto write = [&](const char* key, const char* name, const auto& writer, const auto& content) {
    writer(options.folder / name, content);
    results.wrote(key, options.folder / name);
  };
  write("mu", "mu.npy", write_npy, encoding.mean);
  write("sigma", "sigma.npy", write_npy, encoding.deviation);
  if (!pictures.dataset().classes().empty()) write("labels", "labels.npy", write_npy, pictures.labels());
  const auto write_text = [](const std::filesystem::path& path, const std::string& text) {
    write_file_atomically(path, text);
  };
  write("table", "pictures.csv", write_text, table_of(pictures.dataset()));
  if (encoding.deviation_is_estimated) {
    results.say(
        fmt::format("sigma is that of {} draws: this posterior has no closed form of it", kDeviationDraws));
  }
  results.print(options.computing.json);
}

}  // namespace

void add_encode(CLI::App& app) {
  auto options = std::make_shared<EncodeOptions>();
  auto* command =
      app.add_subcommand("encode", "Write where a model sees pictures: mu and sigma as NumPy arrays");
  command->footer(
      "Writes mu.npy and sigma.npy, the mean and the standard deviation of q(z given x), [pictures, latent]; "
      "labels.npy where the pictures have classes; and pictures.csv, a row for each picture with its name, "
      "its "
      "class and what is known of its factors.");
  add_checkpoint(*command, options->checkpoint);
  add_picture_source(*command, options->source);
  command->add_option("--out", options->folder, "Folder for the files")->required()->type_name("FOLDER");
  add_seed(*command, options->seed);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_encode(*options); });
}

}  // namespace vae
