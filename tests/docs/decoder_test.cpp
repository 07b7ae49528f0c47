// docs/decoder.py gives the pictures that this program gives.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/noise.h"
#include "model/generate.h"
#include "support/python.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"
#include "training/checkpoint.h"
#include "training/safetensors.h"

namespace vae {
namespace {

using test::PythonResult;

constexpr int64_t kPictures = 5;

enum class Weights { plain, averaged };

ModelConfig small_config(const NetworkConfig& decoder, const LikelihoodConfig& likelihood) {
  ModelConfig config;
  config.latent = 3;
  config.decoder = decoder;
  config.likelihood = likelihood;
  return config;
}

PictureDescription description(int64_t channels, int64_t height, int64_t width) {
  return {.channels = channels, .height = height, .width = width, .classes = {}};
}

/// Saves models, and compares their pictures all at once: a start of PyTorch takes seconds.
class PythonDecoder : public ::testing::Test {
 protected:
  void add(const std::string& name, const ModelConfig& config, const PictureDescription& pictures,
           Weights weights = Weights::plain) {
    Vae model(config, pictures.shape(), /*seed=*/1, std::ssize(pictures.classes));
    const torch::NoGradGuard no_grad;
    Random random(1, name);
    Checkpoint checkpoint;
    checkpoint.config.model = config;
    if (weights == Weights::averaged) checkpoint.config.training.ema = 0.9;
    checkpoint.pictures = pictures;
    for (auto& parameter : model.named_parameters()) {
      Tensor& value = parameter.value();
      value.add_(normal(random, value.sizes(), value.options()), 0.1);  // no bias is the 0 of its start then
      if (weights == Weights::averaged) checkpoint.tensors["ema." + parameter.key()] = value;
      // What is not averaged must not be taken instead.
      checkpoint.tensors[parameter.key()] = weights == Weights::averaged ? torch::zeros_like(value) : value;
    }
    checkpoint.save(folder_.path() / (name + ".safetensors"));
    std::map<std::string, Tensor> latents = {
        {"z", normal(random, {kPictures, config.latent}, torch::TensorOptions(torch::kFloat))}};
    if (model.classes() > 0) latents["labels"] = torch::arange(kPictures).remainder(model.classes());
    write_safetensors(folder_.path() / (name + ".latents"), {.tensors = latents, .metadata = {}});
    expected_[name] = decode_pictures(model, latents["z"], latents["labels"], Rendering::mean, random);
  }

  void expect_the_same_of_python() {
    const std::string source = VAE_SOURCE_DIR;
    const PythonResult result = test::run_python(source + "/tests/docs/decoder_answers.py",
                                                 source + "/docs " + folder_.path().string());
    if (result == PythonResult::packages_missing)
      GTEST_SKIP() << "PyTorch is not installed for " << VAE_PYTHON;
    ASSERT_EQ(result, PythonResult::done);
    for (const auto& [name, expected] : expected_) {
      SCOPED_TRACE(name);
      const Tensor given = read_safetensors(folder_.path() / (name + ".pictures")).tensors.at("x");
      // float32, and two libraries that sum in their own order.
      EXPECT_LT(test::distance(given, expected), 1e-5);
      EXPECT_GT(expected.std().item<double>(), 0.01);
    }
  }

 private:
  test::TemporaryFolder folder_;
  std::map<std::string, Tensor> expected_;
};

TEST_F(PythonDecoder, GivesTheSamePicturesForBothNetworks) {
  for (const auto& [name, activation] : names(Tag<Activation>{})) {
    add("mlp_" + std::string(name),
        small_config(MlpConfig{.hidden = {12, 7}, .activation = activation}, BernoulliConfig{}),
        description(1, 6, 5));
    add("conv_" + std::string(name),
        small_config(ConvConfig{.channels = {4, 6, 8}, .activation = activation}, BernoulliConfig{}),
        description(3, 13, 16));
  }
  add("gaussian", small_config(MlpConfig{}, GaussianConfig{.variance = PerPixelVarianceConfig{}}),
      description(3, 4, 4));
  add("averaged", small_config(MlpConfig{.hidden = {8}}, BernoulliConfig{}), description(1, 4, 4),
      Weights::averaged);
  ModelConfig conditional = small_config(MlpConfig{.hidden = {8}}, BernoulliConfig{});
  conditional.condition = ConditionConfig{.embedding = 3};
  PictureDescription of_classes = description(1, 4, 4);
  of_classes.classes = {"cat", "dog"};
  add("conditional", conditional, of_classes);
  expect_the_same_of_python();
}

}  // namespace
}  // namespace vae
