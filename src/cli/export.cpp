#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "export/model_graphs.h"
#include "export/onnx_file.h"

namespace vae {
namespace {

struct ExportOptions {
  std::filesystem::path checkpoint;
  std::filesystem::path folder;
  std::string part = "both";
  Computing computing;
};

/// What a program that opens the file may want to know of the model.
std::map<std::string, std::string> metadata_of(const Checkpoint& checkpoint) {
  const Config& config = checkpoint.config;
  std::map<std::string, std::string> metadata = {{"name", config.name},
                                                 {"step", std::to_string(checkpoint.state.step)},
                                                 {"posterior", std::string(config.model.posterior.type())},
                                                 {"likelihood", std::string(config.model.likelihood.type())}};
  if (!checkpoint.pictures.classes.empty()) metadata["classes"] = Json(checkpoint.pictures.classes).dump();
  return metadata;
}

void run_export(const ExportOptions& options) {
  require_onnx();
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const ModelConfig& config = loaded.checkpoint.config.model;
  std::map<std::string, Graph> graphs;
  if (options.part != "decoder") graphs["encoder"] = encoder_graph(config, *loaded.model);
  if (options.part != "encoder") graphs["decoder"] = decoder_graph(config, *loaded.model);

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  make_folder(options.folder);
  for (const auto& [part, graph] : graphs) {
    const std::filesystem::path file = options.folder / (part + ".onnx");
    write_onnx(file, graph, metadata_of(loaded.checkpoint));
    results.wrote(part.c_str(), file);
  }
  results.print(options.computing.json);
}

}  // namespace

void add_export(CLI::App& app) {
  auto options = std::make_shared<ExportOptions>();
  auto* command = app.add_subcommand("export", "Write encoder and decoder as ONNX files");
  command->footer(
      "encoder.onnx takes pixels, [N, channels, height, width] from 0 to 1, and gives mu and sigma of q(z "
      "given x); decoder.onnx takes z, [N, latent], and gives the likelihood's mean. Both give the network's "
      "parameters too, and take labels where the model is conditioned on classes. For the networks mlp and "
      "conv, in float32.");
  add_checkpoint(*command, options->checkpoint);
  command->add_option("--out", options->folder, "Folder for the files")->required()->type_name("FOLDER");
  command->add_option("--part", options->part, "What to write")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember({"encoder", "decoder", "both"}));
  add_computing_without_batch(*command, options->computing);
  command->final_callback([options] { run_export(*options); });
}

}  // namespace vae
