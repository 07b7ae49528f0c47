#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <optional>
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
#include "images/grid.h"
#include "model/generate.h"

namespace vae {
namespace {

constexpr int64_t kCount = 64;
constexpr int64_t kCountOfClass = 10;

struct SampleOptions {
  std::filesystem::path checkpoint;
  std::optional<int64_t> count;
  uint64_t seed = 0;
  double temperature = 1;
  std::string shown = "mean";
  std::string class_name;
  bool all_classes = false;
  std::filesystem::path sheet;
  std::filesystem::path folder;
  Computing computing;
};

/// What is to be drawn, and how it is laid out.
struct Order {
  int64_t count = 0;  // pictures in all
  Tensor labels;      // [count]; undefined for a model without classes
  int64_t columns = 1;
  std::vector<std::string> names;  // of the files
};

Order order_of_all_classes(const SampleOptions& options, const LoadedModel& loaded) {
  require_condition(loaded, "--all-classes");
  const int64_t each = options.count.value_or(kCountOfClass);
  const std::vector<std::string>& classes = loaded.checkpoint.pictures.classes;
  return {.count = each * std::ssize(classes),
          .labels = labels_of_each_class(*loaded.model, each),
          .columns = each,
          .names = names_by_class(classes, static_cast<size_t>(each))};
}

/// Of the class that is asked for, or of each in turn.
Order order_of(const SampleOptions& options, const LoadedModel& loaded) {
  if (options.all_classes) return order_of_all_classes(options, loaded);
  const int64_t count = options.count.value_or(kCount);
  const auto size = static_cast<size_t>(count);
  Order order = {.count = count,
                 .labels = labels_in_turn(*loaded.model, count),
                 .columns = square_columns(size),
                 .names = numbered_names(size)};
  if (!options.class_name.empty()) {
    require_condition(loaded, "--class " + options.class_name);
    order.labels.fill_(class_index(loaded.checkpoint, options.class_name));
  }
  return order;
}

void sample(const SampleOptions& options) {
  if (std::isnan(options.temperature)) throw UsageError("--temperature: expected a number from 0 to 100");
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Order order = order_of(options, loaded);
  Random latents(options.seed, "sample latents");
  const Tensor z = draw_latents(*loaded.model, order.count, order.labels, options.temperature, latents);
  const std::vector<Image> pictures =
      decode_images(loaded, options.computing, {z, order.labels}, options.shown, options.seed);

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["pictures"] = order.count;
  if (!options.sheet.empty()) write_sheet(results, options.sheet, grid(pictures, order.columns));
  if (!options.folder.empty()) write_each(results, options.folder, pictures, order.names);
  results.print(options.computing.json);
}

}  // namespace

void add_sample(CLI::App& app) {
  auto options = std::make_shared<SampleOptions>();
  auto* command = app.add_subcommand("sample", "Draw new pictures from a trained model");
  add_checkpoint(*command, options->checkpoint);
  command
      ->add_option("--count", options->count,
                   fmt::format("How many ({} if not given); with --all-classes of each class ({})", kCount,
                               kCountOfClass))
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  add_seed(*command, options->seed);
  command
      ->add_option("--temperature", options->temperature,
                   "Factor of the latents' standard deviation; below 1 is safer and duller")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  add_rendering(*command, options->shown);
  auto* one_class = add_class(*command, options->class_name);
  command->add_flag("--all-classes", options->all_classes, "A row for each class, or a folder each")
      ->excludes(one_class);
  add_outputs(*command, options->sheet, options->folder);
  add_computing(*command, options->computing);
  command->final_callback([options] { sample(*options); });
}

}  // namespace vae
