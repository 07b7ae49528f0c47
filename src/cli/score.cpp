#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
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
#include "cli/score_table.h"
#include "cli/surprise_sheet.h"
#include "core/error.h"
#include "core/file.h"
#include "core/one_line.h"
#include "evaluation/outliers.h"
#include "objectives/validation.h"

namespace vae {
namespace {

constexpr int64_t kNamedInReport = 10;  // of the least likely pictures

struct ScoreOptions {
  std::filesystem::path checkpoint;
  PictureSource source;
  int64_t samples = 1;
  double rate = 0.05;
  std::string calibration = "validation";
  std::vector<std::string> outliers;
  int64_t sheet_count = 24;
  std::filesystem::path folder;
  std::optional<uint64_t> seed;
  Computing computing;
};

/// Scores of one source of pictures.
PictureScores score_all(const ScoreOptions& options, const LoadedModel& loaded, const Pictures& pictures,
                        const std::string& what) {
  const uint64_t seed = options.seed.value_or(loaded.checkpoint.config.seed);
  const EvaluationBatches batches(pictures, batch_size(options.computing, *loaded.model), seed);
  return score_pictures(*loaded.model, *loaded.inference, batches, options.samples, seed,
                        show_progress(what));
}

/// Below which a picture counts as unlike those of the calibration split, where the config has that.
std::optional<double> calibrate(const ScoreOptions& options, const LoadedModel& loaded) {
  if (!has_split(loaded.checkpoint, options.calibration)) {
    spdlog::warn("no threshold: data.{} of the checkpoint's config is \"none\"", options.calibration);
    return std::nullopt;
  }
  const Pictures pictures = read_split(loaded, options.calibration);
  return threshold_at_rate(score_all(options, loaded, pictures, "batches of the calibration").bound,
                           options.rate);
}

/// Which pictures are of the classes that --outliers names: bool, [pictures]; undefined without it.
Tensor outliers_among(const Dataset& dataset, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  for (const std::string& name : names) {
    if (std::ranges::find(dataset.classes(), name) != dataset.classes().end()) continue;
    throw UsageError(
        "--outliers {}: no class of these pictures; they have {}", name,
        dataset.classes().empty() ? "none" : fmt::format("{}", fmt::join(dataset.classes(), ", ")));
  }
  Tensor is_outlier = torch::zeros({dataset.size()}, torch::kBool);
  for (int64_t i = 0; i < dataset.size(); ++i) {
    is_outlier[i] = std::ranges::find(names, class_name(dataset, i)) != names.end();
  }
  return is_outlier;
}

void describe_threshold(Results& results, const ScoreOptions& options, const ScoreTable& table) {
  results["threshold"] = nullptr;
  if (!table.threshold) return;
  const int64_t below = (table.scores.bound < *table.threshold).sum().item<int64_t>();
  const double share = static_cast<double>(below) / static_cast<double>(table.scores.bound.size(0));
  results["threshold"] = {{"value", *table.threshold},
                          {"rate", options.rate},
                          {"split", options.calibration},
                          {"below", below},
                          {"share_below", share}};
  results.say(
      fmt::format("threshold  {:.4f} nats, below which {:g}% of the {} split lie: {} pictures, {:.2f}%",
                  *table.threshold, 100 * options.rate, options.calibration, below, 100 * share));
}

void describe_areas(Results& results, const ScoreTable& table) {
  results["auroc"] = nullptr;
  if (!table.is_outlier.defined()) return;
  const double bound = area_under_curve(table.scores.bound, table.is_outlier);
  const double reconstruction = area_under_curve(table.scores.reconstruction, table.is_outlier);
  const double kl = area_under_curve(-table.scores.kl, table.is_outlier);
  results["auroc"] = {{"bound", bound}, {"reconstruction", reconstruction}, {"kl", kl}};
  results.say(
      fmt::format("AUROC      {:.4f} of a low {}, {:.4f} of a low reconstruction, {:.4f} of a high KL", bound,
                  table.bound_name, reconstruction, kl));
}

void describe_least_likely(Results& results, const ScoreTable& table) {
  results["least_likely"] = Json::array();
  results.say(fmt::format("{:>14}{:>16}{:>12}  least likely", table.bound_name, "reconstruction", "KL"));
  const int64_t count = std::min(kNamedInReport, table.order.size(0));
  for (int64_t i = 0; i < count; ++i) {
    const auto picture = table.order[i].item<int64_t>();
    const double bound = table.scores.bound[picture].item<double>();
    const double reconstruction = table.scores.reconstruction[picture].item<double>();
    const double kl = table.scores.kl[picture].item<double>();
    const std::string name = table.dataset.name(picture);
    results["least_likely"].push_back({{"name", name},
                                       {"bound", number(bound)},
                                       {"reconstruction", number(reconstruction)},
                                       {"kl", number(kl)}});
    results.say(fmt::format("{:>14.4f}{:>16.4f}{:>12.4f}  {}", bound, reconstruction, kl, on_one_line(name)));
  }
}

void run_score(const ScoreOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  const Pictures pictures = read_pictures(loaded, options.source);
  const Tensor is_outlier = outliers_among(pictures.dataset(), options.outliers);
  const std::optional<double> threshold = calibrate(options, loaded);
  const ScoreTable table(pictures.dataset(), score_all(options, loaded, pictures, "batches scored"),
                         bound_name(options.samples), threshold, is_outlier);

  Results results;
  results["checkpoint"] = loaded.checkpoint.path.string();
  results["of"] = options.source.description();
  results["pictures"] = pictures.size();
  results["samples"] = options.samples;
  results["bound"] = table.bound_name;
  describe_threshold(results, options, table);
  describe_areas(results, table);
  describe_least_likely(results, table);
  make_folder(options.folder);
  write_file_atomically(options.folder / "scores.csv", table.text());
  results.wrote("table", options.folder / "scores.csv");
  const Tensor shown = table.order.slice(0, 0, options.sheet_count);
  write_sheet(results, options.folder / "least-likely.png",
              surprise_sheet(*loaded.model, *loaded.inference, pictures, shown,
                             batch_size(options.computing, *loaded.model),
                             options.seed.value_or(loaded.checkpoint.config.seed)));
  results.print(options.computing.json);
}

}  // namespace

void add_score(CLI::App& app) {
  auto options = std::make_shared<ScoreOptions>();
  auto* command = app.add_subcommand("score", "Rank pictures by how likely a model finds them");
  command->footer(
      "Writes scores.csv, the least likely picture first, and least-likely.png: pictures, below them their "
      "reconstructions, below these where the surprise is, -log p(pixel given z) at the posterior's mean, "
      "the "
      "brighter the more.\n"
      "A high likelihood does not say that a picture is like those of training. Models give simple pictures, "
      "such as plain ones, a higher likelihood than the pictures they were trained on (Nalisnick et al. "
      "2019, "
      "\"Do deep generative models know what they don't know?\"), so that such outliers are not found by it. "
      "The parts stand beside: an outlier may have a poor reconstruction, or a high KL.");
  add_checkpoint(*command, options->checkpoint);
  add_picture_source(*command, options->source);
  command->add_option("--out", options->folder, "Folder for the files")->required()->type_name("FOLDER");
  command
      ->add_option("--samples", options->samples,
                   "K, draws of z for each picture: 1 scores by the ELBO, more by "
                   "the importance-weighted bound")
      ->type_name("K")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command
      ->add_option("--rate", options->rate,
                   "Share of the calibration's pictures that the threshold lets lie below itself")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.999));
  add_split(*command, options->calibration, "--calibration", "Pictures that the threshold is set by");
  command
      ->add_option("--outliers", options->outliers,
                   "Classes of the pictures, its sub-folders, that are outliers: gives AUROC")
      ->type_name("NAME");
  command->add_option("--sheet-count", options->sheet_count, "Pictures on the sheet")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  add_seed(*command, options->seed);
  add_computing(*command, options->computing);
  command->final_callback([options] { run_score(*options); });
}

}  // namespace vae
