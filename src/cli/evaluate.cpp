#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/evaluation_report.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/together.h"
#include "core/error.h"
#include "data/batches.h"
#include "distributed/in_turn.h"
#include "evaluation/class_pictures.h"
#include "evaluation/softmax_classifier.h"
#include "training/thread_choice.h"

namespace vae {
namespace {

constexpr std::array<int64_t, 3> kClassifierSamples = {1, 10, 100};
constexpr int64_t kDiversityPictures = 200;          // of each class: 19,900 pairs
constexpr int64_t kKeptElements = int64_t{1} << 28;  // numbers of the pictures that are kept for it
constexpr int64_t kSheetSamples = 10;                // of each class

struct EvaluateOptions {
  std::filesystem::path checkpoint;
  std::filesystem::path images;
  std::string split = "test";
  int64_t samples = 1;
  std::optional<uint64_t> seed;
  int64_t gap_pictures = 0;
  FitConfig gap_fit = {.steps = 500};
  bool classify = false;
  int64_t classifier_epochs = 0;
  std::filesystem::path sheet;
  double peer_timeout = 300;  // seconds
  Computing computing;
};

/// Pictures of each class whose distances are measured.
int64_t diversity_pictures(const Vae& model) {
  return std::clamp(kKeptElements / (model.classes() * model.picture().elements()), int64_t{2},
                    kDiversityPictures);
}

/// What can't be asked of a model without classes.
void check_options(const EvaluateOptions& options, const LoadedModel& loaded) {
  if (options.classify) require_condition(loaded, "--classify");
  if (options.classifier_epochs > 0) {
    require_condition(loaded, "--classifier-epochs");
    require_encoder(loaded, "--classifier-epochs");
  }
  if (!options.sheet.empty()) require_condition(loaded, "--out");
}

Confusion classify_by_softmax(const EvaluateOptions& options, const LoadedModel& loaded,
                              const EvaluationBatches& batches, uint64_t seed) {
  const Config& config = loaded.checkpoint.config;
  const Pictures train = read_split(loaded, "train");
  return softmax_classification({.network = *config.model.encoder,
                                 .classes = loaded.model->classes(),
                                 .epochs = options.classifier_epochs,
                                 .horizontal_flip = config.data.horizontal_flip},
                                train, batches, seed);
}

ClassReport report_classes(const EvaluateOptions& options, const LoadedModel& loaded,
                           const EvaluationBatches& batches, uint64_t seed) {
  const Vae& model = *loaded.model;
  const PictureDescription& known = loaded.checkpoint.pictures;
  const int64_t kept = diversity_pictures(model);
  const std::vector<ClassPictures> data = pictures_by_class(batches, model.classes(), kept);
  if (!options.sheet.empty()) write_picture(options.sheet, class_sheet(model, data, kSheetSamples, seed));
  ClassReport report = {
      .classes = known.classes,
      .diversity = within_class_diversity(model, data, kept, batch_size(options.computing, model), seed),
      .softmax_epochs = options.classifier_epochs};
  if (options.classify) {
    report.generative =
        classify(model, *loaded.inference, batches,
                 log_class_frequencies(known.class_counts, model.classes()), kClassifierSamples, seed);
  }
  if (options.classifier_epochs > 0) report.softmax = classify_by_softmax(options, loaded, batches, seed);
  return report;
}

/// Processes of a group share the pictures; what has not to do with each of them is left to rank 0.
void evaluate(const EvaluateOptions& options, const Group& group) {
  if (!group.is_alone()) use_threads(Config(), group);
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device, group.local_rank());
  check_options(options, loaded);
  const Config& config = loaded.checkpoint.config;
  const Vae& model = *loaded.model;
  const Pictures pictures = in_turn(group, [&] {
    return options.images.empty() ? read_split(loaded, options.split) : read_images(loaded, options.images);
  });
  const uint64_t seed = options.seed.value_or(config.seed);
  const EvaluationBatches batches(pictures, batch_size(options.computing, model), seed);

  EvaluationReport report = {
      .checkpoint = loaded.checkpoint.path.string(),
      .evaluation = evaluate_model(model, *loaded.inference, batches, options.samples, seed, group)};
  if (!group.is_first()) return;
  if (options.images.empty()) {
    report.split = options.split;
  } else {
    report.images = options.images.string();
  }
  report.bits = bits_per_dimension(model.likelihood().base_measure(), config.data.observation,
                                   report.evaluation.bound(), model.picture().elements());
  if (options.gap_pictures > 0) {
    report.gap =
        amortization_gap(model, batches, options.gap_pictures, options.samples, options.gap_fit, seed);
  }
  if (model.classes() > 0) report.classes = report_classes(options, loaded, batches, seed);
  if (options.computing.json) {
    print_json(report);
  } else {
    print_table(report);
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
  add_seed(*command, options->seed);
  command
      ->add_option(
          "--gap", options->gap_pictures,
          "Measures on so many pictures what the encoder loses against q(z | x) that is fitted to each; 0: "
          "not")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  command->add_option("--gap-steps", options->gap_fit.steps, "Gradient steps of each of those fits")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command->add_flag(
      "--classify", options->classify,
      "Tells classes by Bayes' rule from the model's log p(x | class), with 1, 10 and 100 draws "
      "of z; for models conditioned on classes, as the next two");
  command
      ->add_option("--classifier-epochs", options->classifier_epochs,
                   "Trains the encoder's network as a softmax classifier for as long, to compare; 0: not")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{0}, int64_t{100'000}));
  command
      ->add_option("--out", options->sheet,
                   "PNG file: for each class its mean picture in the data, then ten samples")
      ->type_name("FILE")
      ->check(check_png_name);
  add_peer_timeout(*command, options->peer_timeout);
  add_computing(*command, options->computing);
  command->final_callback([options] {
    with_group(options->peer_timeout,
               [&](const std::shared_ptr<const Group>& group, const Launch&) { evaluate(*options, *group); });
  });
}

}  // namespace vae
