// The whole config of a training run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "data/config.h"
#include "distributed/wire_precision.h"
#include "kernels/matrix_product.h"
#include "model/vae.h"
#include "objectives/inferences.h"
#include "objectives/objectives.h"
#include "training/divergence_config.h"
#include "training/optimizers.h"
#include "training/schedule.h"

namespace vae {

enum class Precision { float32, bfloat16, float64 };

inline constexpr auto names(Tag<Precision>) {
  using Name = std::pair<std::string_view, Precision>;
  return std::array{Name{"float32", Precision::float32}, Name{"bfloat16", Precision::bfloat16},
                    Name{"float64", Precision::float64}};
}

inline constexpr auto names(Tag<WirePrecision>) {
  using Name = std::pair<std::string_view, WirePrecision>;
  return std::array{Name{"full", WirePrecision::full}, Name{"bfloat16", WirePrecision::bfloat16}};
}

struct TrainingConfig {
  int64_t epochs = 10;
  int64_t batch_size = 128;
  bool drop_last = false;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  std::optional<double> clip_norm;
  std::optional<double> ema;
  WirePrecision wire_precision = WirePrecision::full;
  DivergenceConfig divergence;
  int64_t evaluate_every = 1;
  std::optional<int64_t> patience;
  int64_t log_every = 100;
  int64_t pictures_every = 1;
  std::optional<int64_t> save_every_steps;
  std::optional<int64_t> keep_every_epochs;
  bool profile = false;
  bool operator==(const TrainingConfig&) const = default;
};

inline constexpr auto fields(Tag<TrainingConfig>) {
  return std::tuple{
      field("epochs", &TrainingConfig::epochs, at_least(1), "Passes over the training pictures."),
      field("batch_size", &TrainingConfig::batch_size, at_least(1), "Pictures of a step."),
      field("drop_last", &TrainingConfig::drop_last, "Leaves out the last, shorter batch of an epoch."),
      field("optimizer", &TrainingConfig::optimizer, "How gradients become steps."),
      field("schedule", &TrainingConfig::schedule, "The learning rate over time."),
      field("clip_norm", &TrainingConfig::clip_norm, positive,
            "Longest gradient, as a Euclidean norm over all parameters; null does not clip."),
      field(
          "ema", &TrainingConfig::ema, open(0, 1),
          "Decay of a moving average of the weights, which is then evaluated and sampled; null keeps none."),
      field("wire_precision", &TrainingConfig::wire_precision,
            "Of the gradients that several processes send each other: \"full\", or \"bfloat16\", which takes "
            "half the bytes."),
      field("divergence", &TrainingConfig::divergence, "What happens where training goes wrong."),
      field("evaluate_every", &TrainingConfig::evaluate_every, at_least(1),
            "Epochs from one validation to the next."),
      field("patience", &TrainingConfig::patience, at_least(1),
            "Epochs without a better validation ELBO after which training stops; null never does."),
      field("log_every", &TrainingConfig::log_every, at_least(1),
            "Steps from one row of metrics to the next."),
      field("pictures_every", &TrainingConfig::pictures_every, at_least(1),
            "Epochs from one sheet of samples and reconstructions to the next."),
      field("save_every_steps", &TrainingConfig::save_every_steps, at_least(1),
            "Steps between checkpoints within an epoch; null saves at the end of epochs only."),
      field("keep_every_epochs", &TrainingConfig::keep_every_epochs, at_least(1),
            "Epochs between checkpoints that are kept for good; null keeps the last and the best."),
      field("profile", &TrainingConfig::profile,
            "Logs after each epoch where the time of a step went: data, forward, backward, optimizer, "
            "logging."),
  };
}

/// A published result that a config repeats; it has no effect on training.
struct PaperConfig {
  std::string source;
  std::string table;
  std::optional<double> expected;
  std::string note;
  bool operator==(const PaperConfig&) const = default;
};

inline constexpr auto fields(Tag<PaperConfig>) {
  return std::tuple{
      required("source", &PaperConfig::source, "Authors, year and title."),
      field("table", &PaperConfig::table, "Where in it."),
      field("expected", &PaperConfig::expected,
            "The number there, of log p(x) in nats; null where there is none, the note says why."),
      field("note", &PaperConfig::note,
            "What differs, or whom the config follows where paper and code differ."),
  };
}

struct Config {
  std::string name = "vae";
  uint64_t seed = 0;
  std::string device = "auto";
  Precision precision = Precision::float32;
  int64_t threads = 0;
  MatrixProduct matrix_product = MatrixProduct::automatic;
  DataConfig data;
  ModelConfig model;
  ObjectiveConfig objective;
  InferenceConfig inference;
  TrainingConfig training;
  std::optional<PaperConfig> paper;
  bool operator==(const Config&) const = default;
};

inline constexpr auto fields(Tag<Config>) {
  return std::tuple{
      field("name", &Config::name, "Name of the run; its folder is runs/NAME unless --out says otherwise."),
      field("seed", &Config::seed, "Every random number follows from it."),
      field("device", &Config::device, "\"auto\", \"cpu\", \"cuda\" or \"cuda:N\"."),
      field("precision", &Config::precision,
            "Of the networks' arithmetic; with bfloat16 the weights and all reductions stay float32."),
      field("threads", &Config::threads, closed(0, 4096),
            "Processor threads; 0 takes one for each core, and fewer where a step is too small to share."),
      field(
          "matrix_product", &Config::matrix_product,
          "Code for float32 products on the processor: \"auto\" is the fastest that it can run, \"library\" "
          "what LibTorch's own MKL would choose. Numbers differ by rounding."),
      required("data", &Config::data, "Pictures."),
      field("model", &Config::model, "Networks and densities."),
      field("objective", &Config::objective, "What is maximised."),
      field("inference", &Config::inference, "Where q(z | x) comes from."),
      field("training", &Config::training, "How it is maximised."),
      field("paper", &Config::paper, "A published result that this repeats; null for none. Without effect."),
  };
}

/// The name becomes a folder, and the likelihood must be of what the observation makes of the pictures.
std::optional<std::string> check(const Config& config);

/// What makes the numbers of a run less than they seem, though it can be trained; for a warning at its start.
std::optional<std::string> doubt_about(const Config& config);

}  // namespace vae
