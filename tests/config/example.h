// A config with a value of every kind the binder knows.
#pragma once

#include "config/bind.h"
#include "core/error.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace vae::test {

enum class Precision { float32, bfloat16 };

inline constexpr auto names(Tag<Precision>) {
  return std::array{std::pair{"float32", Precision::float32}, std::pair{"bfloat16", Precision::bfloat16}};
}

struct MlpConfig {
  static constexpr std::string_view kType = "mlp";
  static constexpr std::string_view kHelp = "Fully connected layers.";
  std::vector<int64_t> hidden{512, 256};
  bool operator==(const MlpConfig&) const = default;
};

inline constexpr auto fields(Tag<MlpConfig>) {
  return std::tuple{field("hidden", &MlpConfig::hidden, positive, "Widths of the hidden layers.")};
}

struct ConvolutionConfig {
  static constexpr std::string_view kType = "convolution";
  static constexpr std::string_view kHelp = "Strided convolutions.";
  int64_t width = 32;
  bool operator==(const ConvolutionConfig&) const = default;
};

inline constexpr auto fields(Tag<ConvolutionConfig>) {
  return std::tuple{
      field("width", &ConvolutionConfig::width, closed(1, 4096), "Channels of the first layer.")};
}

struct IdentityConfig {
  static constexpr std::string_view kType = "identity";
  static constexpr std::string_view kHelp = "Pixels as they are.";
  bool operator==(const IdentityConfig&) const = default;
};

inline constexpr auto fields(Tag<IdentityConfig>) { return std::tuple{}; }

struct FolderConfig {
  static constexpr std::string_view kType = "folder";
  static constexpr std::string_view kHelp = "Pictures in a folder.";
  std::filesystem::path path;
  bool operator==(const FolderConfig&) const = default;
};

inline constexpr auto fields(Tag<FolderConfig>) {
  return std::tuple{required("path", &FolderConfig::path, "The folder.")};
}

using EncoderConfig = OneOf<MlpConfig, ConvolutionConfig, IdentityConfig>;
using SourceConfig = OneOf<IdentityConfig, FolderConfig>;

struct AdamConfig {
  double learning_rate = 1e-3;
  std::array<double, 2> betas{0.9, 0.999};
  std::optional<double> clip;
  bool operator==(const AdamConfig&) const = default;
};

inline constexpr auto fields(Tag<AdamConfig>) {
  return std::tuple{
      field("learning_rate", &AdamConfig::learning_rate, positive, "Step size."),
      field("betas", &AdamConfig::betas, half_open(0, 1), "Decays of the moments."),
      field("clip", &AdamConfig::clip, positive, "Largest norm of the gradient."),
  };
}

/// Epochs during which the learning rate rises.
struct WarmupConfig {
  int64_t from = 0;
  int64_t to = 5;
  bool operator==(const WarmupConfig&) const = default;
};

inline constexpr auto fields(Tag<WarmupConfig>) {
  return std::tuple{
      field("from", &WarmupConfig::from, non_negative, "First epoch."),
      field("to", &WarmupConfig::to, at_least(1), "Last epoch."),
  };
}

inline std::optional<std::string> check(const WarmupConfig& warmup) {
  if (warmup.from < warmup.to) return std::nullopt;
  return "from must be below to";
}

struct ModelConfig {
  int64_t latent = 16;
  EncoderConfig encoder;
  EncoderConfig decoder = MlpConfig{{64}};
  bool operator==(const ModelConfig&) const = default;
};

inline constexpr auto fields(Tag<ModelConfig>) {
  return std::tuple{
      field("latent", &ModelConfig::latent, positive, "Dimensions of z."),
      field("encoder", &ModelConfig::encoder, "Pictures to posteriors."),
      field("decoder", &ModelConfig::decoder, "z to pictures."),
  };
}

struct ExampleConfig {
  std::string name = "run";
  std::string padding = "zeros";
  uint64_t seed = 0;
  int64_t offset = 0;
  bool shuffle = true;
  double temperature = 1.0;
  Precision precision = Precision::float32;
  std::filesystem::path out = "runs";
  std::vector<std::string> labels;
  ModelConfig model;
  AdamConfig optimizer;
  std::optional<WarmupConfig> warmup;
  std::vector<WarmupConfig> phases;
  SourceConfig data;
  bool operator==(const ExampleConfig&) const = default;
};

inline constexpr auto fields(Tag<ExampleConfig>) {
  return std::tuple{
      field("name", &ExampleConfig::name, "Name of the run."),
      field("padding", &ExampleConfig::padding, one_of({"zeros", "reflect"}), "What lies beyond the edge."),
      field("seed", &ExampleConfig::seed, "Of every random stream."),
      field("offset", &ExampleConfig::offset, "Any integer."),
      field("shuffle", &ExampleConfig::shuffle, "Whether batches are shuffled."),
      field("temperature", &ExampleConfig::temperature, "Any number."),
      field("precision", &ExampleConfig::precision, "Of the activations."),
      field("out", &ExampleConfig::out, "Folder of the run."),
      field("labels", &ExampleConfig::labels, "Names of the classes."),
      field("model", &ExampleConfig::model, "The model."),
      field("optimizer", &ExampleConfig::optimizer, "The optimizer."),
      field("warmup", &ExampleConfig::warmup, "Warm-up, if any."),
      field("phases", &ExampleConfig::phases, "Later ones."),
      field("data", &ExampleConfig::data, "Where pictures come from."),
  };
}

inline ExampleConfig parse_example(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse<ExampleConfig>(text, "a.json", overrides);
}

/// The message of the UsageError that parsing ends in.
inline std::string error_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_example(text, overrides);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace vae::test
