#include <fmt/format.h>

#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/computing.h"
#include "cli/model_loading.h"
#include "cli/options.h"
#include "cli/picture_loading.h"
#include "cli/picture_output.h"
#include "cli/results.h"
#include "data/batches.h"
#include "evaluation/gradient_statistics.h"
#include "images/bar_chart.h"
#include "objectives/validation.h"

namespace vae {
namespace {

constexpr Colour kEncoderColour = {45, 105, 175}, kDecoderColour = {235, 145, 45};

struct GradientsOptions {
  std::filesystem::path checkpoint;
  std::string split = "train";
  int64_t draws = 1000;
  std::optional<int64_t> samples;
  int64_t bounds = 1;
  int64_t batch_size = 32;
  std::optional<uint64_t> seed;
  std::filesystem::path plot;
  Computing computing;
};

/// What the numbers are of.
struct Subject {
  const GradientsOptions& options;
  std::filesystem::path checkpoint;
  int64_t pictures;
  int64_t samples;

  double floor() const { return signal_to_noise_floor(options.draws); }
};

Json to_json(const GradientStatistics& statistics) {
  return {{"norm", number(statistics.norm)},
          {"variance", number(statistics.variance)},
          {"signal_to_noise", number(statistics.signal_to_noise)},
          {"bias", number(statistics.bias.value)},
          {"bias_standard_error", number(statistics.bias.standard_error)}};
}

Json to_json(const EstimatorStatistics& row) {
  Json json = {{"name", row.name}, {"applicable", row.measured.has_value()}};
  if (!row.measured) {
    json["reason"] = row.reason;
    return json;
  }
  json["encoder"] = to_json(row.measured->encoder);
  json["decoder"] = to_json(row.measured->decoder);
  json["seconds_per_draw"] = row.measured->seconds_per_draw;
  return json;
}

void print_json(const Subject& subject, const GradientComparison& comparison) {
  Json json = {{"checkpoint", subject.checkpoint.string()},
               {"split", subject.options.split},
               {"pictures", subject.pictures},
               {"samples", subject.samples},
               {"bounds", subject.options.bounds},
               {"draws", subject.options.draws},
               {"signal_to_noise_floor", subject.floor()},
               {"reference", comparison.reference},
               {"reference_draws", comparison.reference_draws},
               {"estimators", Json::array()}};
  for (const EstimatorStatistics& row : comparison.estimators) json["estimators"].push_back(to_json(row));
  fmt::print("{}\n", text_of(json));
}

std::string columns(const GradientStatistics& statistics) {
  return fmt::format("{:>12.4f}  {:>9.3g}  {:>7.3f} ± {:<6.3f}", statistics.signal_to_noise,
                     statistics.variance, statistics.bias.value, statistics.bias.standard_error);
}

void print_row(const EstimatorStatistics& row) {
  if (!row.measured) {
    fmt::print("{:<26}  not applicable: {}\n", row.name, row.reason);
    return;
  }
  fmt::print("{:<26}{}  {}  {:>7.2f}\n", row.name, columns(row.measured->encoder),
             columns(row.measured->decoder), 1e3 * row.measured->seconds_per_draw);
}

void print_table(const Subject& subject, const GradientComparison& comparison) {
  const GradientsOptions& options = subject.options;
  fmt::print("gradient of the {} at {} pictures of the {} split, {} draws of each estimator\n",
             bound_name(subject.samples), subject.pictures, options.split, options.draws);
  fmt::print("signal/noise: |mean| / deviation, median over parameters; noise alone averages {:.4f}\n",
             subject.floor());
  fmt::print("variance: summed over parameters; bias: distance from the mean of {} draws of {},\n",
             comparison.reference_draws, comparison.reference);
  fmt::print("in norms of the gradient, ± what an estimate without bias would show\n\n");
  constexpr std::string_view kColumns = "signal/noise   variance     bias         ";
  fmt::print("{:<26}{:<41}  {}\n", "", "encoder", "decoder");
  fmt::print("{:<26}{}  {}  ms/draw\n", "", kColumns, kColumns);
  for (const EstimatorStatistics& row : comparison.estimators) print_row(row);
}

BarChart chart(const Subject& subject, const GradientComparison& comparison) {
  BarChart result{.title = fmt::format("{}: |mean| / deviation of the gradient, {} draws",
                                       bound_name(subject.samples), subject.options.draws),
                  .series = {{"encoder", kEncoderColour}, {"decoder", kDecoderColour}},
                  .rows = {},
                  .mark = subject.floor(),
                  .mark_name = fmt::format("noise alone {:.3g}", subject.floor())};
  for (const EstimatorStatistics& row : comparison.estimators) {
    if (!row.measured) continue;
    result.rows.push_back(
        {row.name, {row.measured->encoder.signal_to_noise, row.measured->decoder.signal_to_noise}});
  }
  return result;
}

void gradients(const GradientsOptions& options) {
  const LoadedModel loaded = load_model(options.checkpoint, options.computing.device);
  require_encoder(loaded, "vae gradients");
  const Checkpoint& checkpoint = loaded.checkpoint;
  const uint64_t seed = options.seed.value_or(checkpoint.config.seed);
  const Pictures pictures = read_split(loaded, options.split);
  const Batch batch = EvaluationBatches(pictures, options.batch_size, seed).get(0);
  const GradientTarget target{.model = *loaded.model,
                              .batch = batch,
                              .importance_samples = options.samples.value_or(validation_samples(checkpoint)),
                              .samples = options.bounds};
  const GradientComparison comparison =
      compare_estimators(target, options.draws, seed, show_progress("draws of the gradient"));

  const Subject subject{options, checkpoint.path, batch.size(), target.importance_samples};
  if (!options.plot.empty()) write_picture(options.plot, draw(chart(subject, comparison)));
  if (options.computing.json) {
    print_json(subject, comparison);
  } else {
    print_table(subject, comparison);
  }
}

}  // namespace

void add_gradients(CLI::App& app) {
  auto options = std::make_shared<GradientsOptions>();
  auto* command = app.add_subcommand(
      "gradients", "Compare estimators of the gradient: bias, variance, signal-to-noise ratio, cost");
  add_checkpoint(*command, options->checkpoint);
  add_split(*command, options->split);
  command->add_option("--draws", options->draws, "Draws of the gradient by each estimator")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{2}, int64_t{10'000'000}));
  command
      ->add_option("--samples", options->samples,
                   "K, draws of z in the bound log 1/K sum_k w_k; the objective's own if not given")
      ->type_name("K")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command->add_option("--bounds", options->bounds, "M, bounds of K draws each that a gradient averages")
      ->capture_default_str()
      ->type_name("M")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  command->add_option("--batch-size", options->batch_size, "Pictures, the first of the split")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  add_seed(*command, options->seed);
  command->add_option("--out", options->plot, "PNG file with the signal-to-noise ratios as bars")
      ->type_name("FILE")
      ->check(check_png_name);
  add_computing_without_batch(*command, options->computing);
  command->final_callback([options] { gradients(*options); });
}

}  // namespace vae
