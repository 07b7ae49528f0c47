#include "config/example.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace vae::test {

namespace {

// Everything parsed has absolute paths; to compare with it, so must the defaults.
ExampleConfig resolved_defaults() { return parse_example("{}"); }

}  // namespace

TEST(Dump, WritesEveryKeyInTableOrder) {
  ExampleConfig config;
  config.out = "/runs";
  config.labels = {"a\n\"b\"", "ü"};
  config.warmup = WarmupConfig{};
  config.data = FolderConfig{"/pictures"};
  EXPECT_EQ(dump(config), R"({
  "name": "run",
  "padding": "zeros",
  "seed": 0,
  "offset": 0,
  "shuffle": true,
  "temperature": 1.0,
  "precision": "float32",
  "out": "/runs",
  "labels": ["a\n\"b\"", "ü"],
  "model": {
    "latent": 16,
    "encoder": {
      "type": "mlp",
      "hidden": [512, 256]
    },
    "decoder": {
      "type": "mlp",
      "hidden": [64]
    }
  },
  "optimizer": {
    "learning_rate": 0.001,
    "betas": [0.9, 0.999],
    "clip": null
  },
  "warmup": {
    "from": 0,
    "to": 5
  },
  "phases": [],
  "data": {
    "type": "folder",
    "path": "/pictures"
  }
}
)");
}

TEST(Dump, ReadsBackAsTheSameConfig) {
  ExampleConfig config = resolved_defaults();
  EXPECT_EQ(parse_example(dump(config)), config);
  config.name = std::string("\0\x01\x7f\"\\/\u2028😀", 14);
  config.seed = std::numeric_limits<uint64_t>::max();
  config.offset = std::numeric_limits<int64_t>::min();
  config.phases = {WarmupConfig{1, 2}, WarmupConfig{3, 4}};
  config.optimizer.clip = 0.1;
  config.model.encoder = IdentityConfig{};
  config.model.decoder = MlpConfig{{}};
  config.data = FolderConfig{"/a b/ü"};
  EXPECT_EQ(parse_example(dump(config)), config);
}

TEST(Dump, ReadsBackEveryDoubleBitForBit) {
  std::vector<double> values{0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             0.1,
                             1e15,
                             1e16,
                             1e22,
                             1e308,
                             5e-324,
                             -2.2250738585072011e-308,
                             std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::min()};
  std::mt19937_64 random(1);
  while (values.size() < 2000) {
    const double value = std::bit_cast<double>(random());
    if (std::isfinite(value)) values.push_back(value);
  }
  ExampleConfig config = resolved_defaults();
  for (const double value : values) {
    config.temperature = value;
    const double read = parse_example(dump(config)).temperature;
    EXPECT_EQ(std::bit_cast<uint64_t>(read), std::bit_cast<uint64_t>(value)) << value;
  }
}

TEST(Dump, RefusesWhatJsonCantHold) {
  ExampleConfig config;
  config.temperature = std::numeric_limits<double>::infinity();
  EXPECT_THROW(dump(config), std::logic_error);
}

TEST(Differences, AreThePathsOfTheValuesThatDiffer) {
  const ExampleConfig a;
  EXPECT_EQ(differences(a, a), std::vector<std::string>{});
  ExampleConfig b;
  b.seed = 1;
  b.optimizer.betas[1] = 0.5;
  b.model.decoder = MlpConfig{{65}};
  EXPECT_EQ(differences(a, b),
            (std::vector<std::string>{"seed", "model.decoder.hidden.0", "optimizer.betas.1"}));
}

TEST(Differences, StopWhereTypesOrLengthsDiffer) {
  const ExampleConfig a;
  ExampleConfig b;
  b.model.encoder = ConvolutionConfig{};
  b.model.decoder = MlpConfig{{64, 64}};
  b.optimizer.clip = 1.0;
  b.warmup = WarmupConfig{};
  b.data = FolderConfig{};
  EXPECT_EQ(differences(a, b), (std::vector<std::string>{"model.encoder", "model.decoder.hidden",
                                                         "optimizer.clip", "warmup", "data"}));
}

}  // namespace vae::test
