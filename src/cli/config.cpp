#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/new_config.h"
#include "config/parse.h"
#include "training/config.h"

namespace vae {
namespace {

struct ConfigOptions {
  std::filesystem::path resolve;
  std::vector<std::string> overrides;
  bool schema = false;
  bool is_new = false;
  std::filesystem::path images;
};

// With a folder its pictures decide, without one there are always the shapes.
void print_new(const ConfigOptions& options) {
  fmt::print("{}", options.images.empty() ? new_config()
                                          : new_config(options.images, survey_folder(options.images)));
}

void print_config(const ConfigOptions& options) {
  if (options.is_new) return print_new(options);
  if (options.schema) {
    fmt::print("{}\n", schema<Config>("vae: config of a training run"));
    return;
  }
  fmt::print("{}\n", dump(parse_file<Config>(options.resolve, options.overrides)));
}

}  // namespace

void add_config(CLI::App& app) {
  auto options = std::make_shared<ConfigOptions>();
  auto* command = app.add_subcommand("config", "Describe configs, or check one");
  auto* what = command->add_option_group("What", "One of");
  what->add_flag("--schema", options->schema,
                 "Prints the JSON Schema of configs: every key, its default, range and meaning");
  what->add_option("--resolve", options->resolve, "Checks a config and prints it with all its keys")
      ->type_name("FILE");
  auto* is_new = what->add_flag("--new", options->is_new,
                                "Prints a commented config to start from, for the pictures of --images");
  what->require_option(1);
  command->add_option("--images", options->images, "With --new: a folder of pictures to look at")
      ->type_name("FOLDER")
      ->needs(is_new);
  command->add_option("--set", options->overrides, "Changes one key first: training.epochs=5")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->final_callback([options] { print_config(*options); });
}

}  // namespace vae
