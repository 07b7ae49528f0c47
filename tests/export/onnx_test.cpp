// onnxruntime gives of exported models what this program gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/noise.h"
#include "export/model_graphs.h"
#include "export/onnx_file.h"
#include "support/examples.h"
#include "support/python.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"
#include "support/throws.h"
#include "training/safetensors.h"

namespace vae {
namespace {

using test::PythonResult;
using Tensors = std::map<std::string, Tensor>;

constexpr int64_t kPictures = 5;
constexpr int64_t kClasses = 3;
constexpr PictureShape kGrey = {.channels = 1, .height = 6, .width = 5};
constexpr PictureShape kColour = {.channels = 3, .height = 7, .width = 8};

bool has_onnx() {
  try {
    require_onnx();
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

ModelConfig small_config() {
  ModelConfig config;
  config.latent = 4;
  config.encoder = config.decoder = MlpConfig{.hidden = {7, 6}};
  return config;
}

/// Exports models, and compares their answers all at once: a start of Python takes longer than they do.
class Onnx : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_onnx()) GTEST_SKIP() << "built without the ONNX library";
  }

  /// The weights are those of the start and noise on them: no bias is 0 then.
  void add(const ModelConfig& config, const PictureShape& picture) {
    const int64_t classes = config.condition ? kClasses : 0;
    Vae model(config, picture, /*seed=*/1, classes);
    model.eval();
    const torch::NoGradGuard no_grad;
    Random random(1, "weights");
    for (Tensor& parameter : model.parameters()) {
      parameter.add_(normal(random, parameter.sizes(), parameter.options()), 0.2);
    }
    const Tensor labels = classes > 0 ? torch::arange(kPictures).remainder(classes) : Tensor();
    add_encoder(config, model, labels, random);
    add_decoder(config, model, labels, random);
  }

  void expect_the_same_of_onnxruntime() {
    const auto result = test::run_python(std::string(VAE_SOURCE_DIR) + "/tests/export/onnx_answers.py",
                                         folder_.path().string());
    if (result == PythonResult::packages_missing)
      GTEST_SKIP() << "onnxruntime is not installed: scripts/setup";
    ASSERT_EQ(result, PythonResult::done);
    for (const auto& [name, expected] : expected_) {
      SCOPED_TRACE(name);
      const Tensors given = read_safetensors(folder_.path() / (name + ".outputs.safetensors")).tensors;
      ASSERT_EQ(given.size(), expected.size());
      for (const auto& [output, numbers] : expected) {
        ASSERT_EQ(given.at(output).sizes(), numbers.sizes()) << output;
        // float32 sums of a few dozen terms, in an order of their own; what is promised is 1e-4.
        EXPECT_LT(test::distance(given.at(output), numbers), 1e-5) << output;
      }
    }
  }

 private:
  void add_encoder(const ModelConfig& config, const Vae& model, const Tensor& labels, Random& random) {
    const PictureShape& picture = model.picture();
    const Tensor x = uniform(random, {kPictures, picture.channels, picture.height, picture.width},
                             torch::TensorOptions(torch::kFloat));
    const std::unique_ptr<Posterior> posterior = model.encode(x, labels);
    Tensors expected = {{"mu", posterior->mean()},
                        {"sigma", *posterior->deviation()},
                        {"parameters", model.encode_parameters(x, labels)}};
    if (config.posterior.is<FullGaussianConfig>()) {
      expected.emplace("scale", scale_of(expected.at("parameters"), config.latent));
    }
    add_case("encoder", encoder_graph(config, model), {{"pixels", x}}, labels, expected);
  }

  void add_decoder(const ModelConfig& config, const Vae& model, const Tensor& labels, Random& random) {
    const Tensor z = normal(random, {kPictures, config.latent}, torch::TensorOptions(torch::kFloat));
    const Tensor parameters = model.decode(z, labels);
    add_case("decoder", decoder_graph(config, model), {{"z", z}}, labels,
             {{"mean", model.likelihood().mean(parameters)}, {"parameters", parameters}});
  }

  /// Row by row, as the posterior's header orders them.
  static Tensor scale_of(const Tensor& parameters, int64_t latent) {
    Tensor scale = torch::diag_embed(parameters.narrow(1, latent, latent).exp());
    for (int64_t row = 0, next = 2 * latent; row < latent; ++row) {
      for (int64_t column = 0; column < row; ++column) {
        scale.select(1, row).select(1, column).copy_(parameters.select(1, next++));
      }
    }
    return scale;
  }

  void add_case(const std::string& part, const Graph& graph, Tensors inputs, const Tensor& labels,
                const Tensors& expected) {
    if (labels.defined()) inputs.emplace("labels", labels);
    const std::string name = part + std::to_string(expected_.size());
    write_onnx(folder_.path() / (name + ".onnx"), graph, {});
    write_safetensors(folder_.path() / (name + ".inputs.safetensors"), {.tensors = inputs, .metadata = {}});
    expected_.emplace(name, expected);
  }

  test::TemporaryFolder folder_;
  std::map<std::string, Tensors> expected_;
};

TEST_F(Onnx, GivesTheSameForEveryActivationOfBothNetworks) {
  for (const auto& [name, activation] : names(Tag<Activation>{})) {
    for (const NetworkConfig& network :
         {NetworkConfig(MlpConfig{.hidden = {7, 6}, .activation = activation}),
          NetworkConfig(ConvConfig{.channels = {3, 4}, .activation = activation})}) {
      ModelConfig config = small_config();
      config.encoder = config.decoder = network;
      add(config, kColour);
    }
  }
  expect_the_same_of_onnxruntime();
}

TEST_F(Onnx, GivesTheSameWithoutHiddenLayersAndForSidesThatAreOddAtEveryHalving) {
  ModelConfig config = small_config();
  config.encoder = config.decoder = MlpConfig{.hidden = {}};
  add(config, kGrey);
  config.encoder = config.decoder = ConvConfig{.channels = {2, 3, 2}};
  add(config, {.channels = 1, .height = 15, .width = 9});
  expect_the_same_of_onnxruntime();
}

TEST_F(Onnx, GivesTheSameOfAModelThatKnowsTheClass) {
  ModelConfig config = small_config();
  config.condition = ConditionConfig{.embedding = 3};
  add(config, kGrey);
  config.encoder = config.decoder = ConvConfig{.channels = {3, 4}};
  add(config, kColour);
  expect_the_same_of_onnxruntime();
}

TEST_F(Onnx, GivesTheSameMeanOfEveryLikelihoodThatHasOneThere) {
  for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> tag) {
    if constexpr (!std::is_same_v<Row, TruncatedGaussianConfig>) {
      for (const Row& likelihood : test::examples(tag)) {
        ModelConfig config = small_config();
        config.likelihood = likelihood;
        const bool is_grey = std::is_same_v<Row, DiscretizedLogisticMixtureConfig>;
        add(config, is_grey ? kGrey : kColour);
      }
    }
  });
  expect_the_same_of_onnxruntime();
}

TEST_F(Onnx, GivesTheSameMomentsOfEveryPosteriorThatHasThemThere) {
  for (const PosteriorConfig& posterior :
       {PosteriorConfig(DiagonalGaussianConfig{}), PosteriorConfig(FullGaussianConfig{}),
        PosteriorConfig(CategoricalPosteriorConfig{.categories = 2})}) {
    ModelConfig config = small_config();
    config.posterior = posterior;
    if (posterior.is<CategoricalPosteriorConfig>()) config.prior = UniformCategoricalConfig{};
    add(config, kGrey);
  }
  expect_the_same_of_onnxruntime();
}

testing::AssertionResult is_refused(const ModelConfig& config, const PictureShape& picture,
                                    std::string_view words) {
  const Vae model(config, picture, /*seed=*/1);
  return test::throws<UsageError>(
      [&] {
        if (config.encoder) encoder_graph(config, model);
        decoder_graph(config, model);
      },
      {words});
}

TEST(ModelGraphs, RefuseWhatHasNoForm) {
  ModelConfig config = small_config();
  config.encoder = ResnetConfig{.channels = {4}, .blocks = 1, .groups = 2};
  EXPECT_TRUE(is_refused(config, kColour, "model.encoder.type: \"resnet\""));
  config = small_config();
  config.decoder = ResnetConfig{.channels = {4}, .blocks = 1, .groups = 2};
  EXPECT_TRUE(is_refused(config, kColour, "model.decoder.type: \"resnet\""));
  config = small_config();
  config.posterior = IafConfig{};
  EXPECT_TRUE(is_refused(config, kGrey, "model.posterior.type: \"iaf\""));
  config = small_config();
  config.likelihood = TruncatedGaussianConfig{};
  EXPECT_TRUE(is_refused(config, kGrey, "model.likelihood.type: \"truncated_gaussian\""));
  config.likelihood = DiscretizedLogisticMixtureConfig{.components = 2};
  EXPECT_TRUE(is_refused(config, kColour, "\"discretized_logistic_mixture\" of 3 channels"));
  config = small_config();
  config.encoder = std::nullopt;
  const Vae model(config, kGrey, /*seed=*/1);
  EXPECT_TRUE(test::throws<UsageError>([&] { encoder_graph(config, model); }, {"--part decoder"}));
}

TEST(ModelGraphs, CallWeightsByTheirModules) {
  const ModelConfig config = small_config();
  const Vae model(config, kGrey, /*seed=*/1);
  std::vector<std::string> names;
  for (const auto& constant : decoder_graph(config, model).constants) names.push_back(constant.first);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"decoder.mlp.hidden0.weight", "decoder.mlp.output.bias"}));
}

}  // namespace
}  // namespace vae
