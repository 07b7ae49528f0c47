#include "model/vae.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "core/error.h"
#include "support/examples.h"
#include "support/models.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

using test::kTinyPicture;

std::map<std::string, Tensor> weights(const ModelConfig& config, uint64_t seed) {
  const Vae model(config, kTinyPicture, seed);
  std::map<std::string, Tensor> all;
  for (const auto& parameter : model.named_parameters()) {
    all[parameter.key()] = parameter.value().detach().clone();
  }
  return all;
}

bool is_weight(const std::string& name) { return name.ends_with("weight"); }

/// Every network with every likelihood.
std::vector<ModelConfig> every_model() {
  std::vector<ModelConfig> all;
  for_each_alternative<NetworkConfig>([&]<class Network>(Tag<Network> networks) {
    for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> likelihoods) {
      for (const Network& network : test::examples(networks))
        for (const Row& likelihood : test::examples(likelihoods))
          all.push_back(test::tiny_config(network, likelihood));
    });
  });
  return all;
}

TEST(Vae, EncodesAndDecodesWithAnyLeadingDimensions) {
  for (const ModelConfig& config : every_model()) {
    const auto model = test::tiny_model(config);
    const Tensor x = test::binary_pictures(4);
    Random random(1, "eps");
    const Tensor z = model->encode(x)->rsample(2, 3, random);
    ASSERT_EQ(z.sizes(), (std::vector<int64_t>{2, 3, 4, model->latent()}));
    const Tensor parameters = model->decode(z);
    ASSERT_EQ(parameters.sizes(),
              (std::vector<int64_t>{2, 3, 4, model->likelihood().parameter_channels(1), 6, 5}));
    EXPECT_LT(test::distance(parameters[1][2], model->decode(z[1][2])), 1e-12);
    const Tensor likelihood = model->likelihood().log_prob(x, parameters);
    ASSERT_EQ(likelihood.sizes(), (std::vector<int64_t>{2, 3, 4}));
    EXPECT_LT(test::distance(model->log_likelihood(x, z), likelihood), 1e-10);
  }
}

TEST(Vae, WeightsAreAFunctionOfSeedAndName) {
  const auto first = weights(test::tiny_config(), 1), again = weights(test::tiny_config(), 1),
             other = weights(test::tiny_config(), 2);
  for (const auto& [name, values] : first) {
    EXPECT_TRUE(torch::equal(values, again.at(name))) << name;
    if (is_weight(name)) {
      EXPECT_FALSE(torch::equal(values, other.at(name))) << name;
    }
  }
}

TEST(Vae, NoTwoLayersShareTheirWeights) {
  // Layers all of one shape.
  ModelConfig config = test::tiny_config(MlpConfig{.hidden = {30, 30, 30}}, BernoulliConfig{});
  config.latent = 30;
  const auto all = weights(config, 1);
  for (const auto& [name, values] : all) {
    for (const auto& [other, other_values] : all) {
      if (name < other && is_weight(name) && is_weight(other)) {
        EXPECT_FALSE(torch::equal(values, other_values)) << name << " and " << other;
      }
    }
  }
}

TEST(Vae, AnotherLayerInTheEncoderLeavesTheDecoderAsItWas) {
  ModelConfig config = test::tiny_config();
  const auto before = weights(config, 1);
  config.encoder = MlpConfig{.hidden = {8, 9}, .activation = Activation::tanh};
  const auto after = weights(config, 1);
  EXPECT_GT(after.size(), before.size());
  size_t compared = 0;
  for (const auto& [name, values] : before) {
    if (!name.starts_with("decoder")) continue;
    EXPECT_TRUE(torch::equal(values, after.at(name))) << name;
    ++compared;
  }
  EXPECT_GT(compared, 0u);
}

Tensor picture_at_start(const ModelConfig& config, const Tensor& mean) {
  Vae model(config, kTinyPicture, 1);
  model.start_at_mean(mean);
  return model.likelihood().mean(model.decode(torch::zeros({1, model.latent()})))[0];
}

TEST(Vae, StartsAtTheMeanPicture) {
  const Tensor mean = torch::linspace(0.05, 0.95, 30, torch::kFloat).view({1, 6, 5});
  for (const ModelConfig& config : every_model()) {
    const bool every_pixel = config.decoder.is<MlpConfig>();  // a convolution has one bias a channel
    const Tensor nearest = every_pixel ? mean : mean.mean().expand_as(mean);
    EXPECT_LT(test::distance(picture_at_start(config, mean), nearest), 1e-5) << config.decoder.type();
  }
}

/// With a prior that is made of posteriors, in two classes unless there is no condition.
std::shared_ptr<Vae> model_of_its_own_posteriors(const std::optional<ConditionConfig>& condition) {
  ModelConfig config = test::tiny_config();
  config.prior = VampConfig{.components = 4};
  config.condition = condition;
  auto model = std::make_shared<Vae>(config, kTinyPicture, 1, /*classes=*/2);
  model->to(torch::kDouble);
  return model;
}

TEST(Vae, HandsItsEncoderToThePrior) {
  for (const std::optional<ConditionConfig>& condition :
       {std::optional<ConditionConfig>(), std::optional(ConditionConfig{}),
        std::optional(ConditionConfig{.prior = true})}) {
    const auto model = model_of_its_own_posteriors(condition);
    const Tensor pictures = dynamic_cast<const Vamp&>(model->prior()).pseudo_inputs();
    const Tensor of_component = condition ? torch::tensor({0, 1, 0, 1}) : Tensor();
    const Tensor z = torch::linspace(-1, 1, 3, test::kFloat64).expand({2, 3});
    const Tensor labels = torch::tensor({0, 1});
    const Tensor components = model->encode(pictures, of_component)->log_prob(z[0].expand({4, 3})).exp();
    const Tensor expected =
        condition && condition->prior
            ? torch::stack({components[0] + components[2], components[1] + components[3]}) / 2
            : components.mean().expand({2});
    EXPECT_LT(test::distance(model->prior().log_prob(z, labels).exp(), expected), 1e-12);
  }
}

TEST(Vae, ThePriorsPicturesStartNearTheMeanPicture) {
  const auto model = model_of_its_own_posteriors(std::nullopt);
  const Tensor mean = torch::linspace(0.05, 0.4, 30, test::kFloat64).view({1, 6, 5});
  model->start_at_mean(mean);
  const Tensor logits = dynamic_cast<const Vamp&>(model->prior()).logits;
  // 120 standard normal numbers about the mean's logits.
  EXPECT_NEAR((logits - torch::logit(mean)).mean().item<double>(), 0, 5 / std::sqrt(120.0));
}

TEST(Vae, HasTheOptionsOfItsWeights) {
  EXPECT_EQ(Vae(test::tiny_config(), kTinyPicture, 1).options().dtype(), torch::kFloat);
  EXPECT_EQ(test::tiny_model()->options().dtype(), torch::kDouble);
  EXPECT_EQ(test::tiny_model()->picture(), kTinyPicture);
}

TEST(Vae, LeavesTheDefaultGeneratorAlone) {
  const Tensor before = test::default_generator_state();
  for (const ModelConfig& config : every_model()) test::tiny_model(config);
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

constexpr int64_t kClasses = 3;

std::shared_ptr<Vae> conditional_model(ModelConfig config) {
  config.condition = ConditionConfig{.embedding = 2};
  auto model = std::make_shared<Vae>(config, kTinyPicture, 1, kClasses);
  model->to(torch::kDouble);
  return model;
}

// Each picture's label reaches its own result, and through every network both ways.
TEST(Vae, TellsEncoderAndDecoderTheClass) {
  for (const ModelConfig& config : every_model()) {
    const auto model = conditional_model(config);
    const Tensor x = test::binary_pictures(1).expand({kClasses, -1, -1, -1});
    const Tensor labels = torch::arange(kClasses);
    Random random(1, "z");
    const Tensor z = normal(random, {2, 1, model->latent()}, test::kFloat64).expand({-1, kClasses, -1});
    const Tensor means = model->encode(x, labels)->mean();
    const Tensor parameters = model->decode(z, labels);
    EXPECT_LT(
        test::distance(model->log_likelihood(x, z, labels), model->likelihood().log_prob(x, parameters)),
        1e-10);
    for (int64_t y = 0; y < kClasses; ++y) {
      const Tensor other = (labels + 1).remainder(kClasses);
      EXPECT_GT(test::distance(means[y], model->encode(x, other)->mean()[y]), 1e-6);
      EXPECT_GT(test::distance(parameters.select(1, y), model->decode(z, other).select(1, y)), 1e-6);
      const Tensor alone = labels.narrow(0, y, 1);
      EXPECT_LT(test::distance(means[y], model->encode(x.narrow(0, y, 1), alone)->mean()[0]), 1e-12);
      EXPECT_LT(test::distance(parameters.select(1, y), model->decode(z.narrow(1, y, 1), alone).select(1, 0)),
                1e-12);
    }
  }
}

// In float32 the decoder's last layer and the density are one operation.
TEST(Vae, ScoresInFloat32AsInFloat64) {
  const ModelConfig config = test::tiny_config(MlpConfig{.hidden = {8}}, BernoulliConfig());
  const auto model = conditional_model(config);
  const Tensor x = test::binary_pictures(kClasses), labels = torch::arange(kClasses);
  Random random(1, "z");
  const Tensor z = normal(random, {4, 2, kClasses, model->latent()}, test::kFloat64);
  model->start_at_mean(torch::linspace(0.1, 0.9, 30, test::kFloat64).view({1, 6, 5}));  // with biases
  const Tensor exact = model->log_likelihood(x, z, labels);
  model->to(torch::kFloat);
  const Tensor value = model->log_likelihood(x.to(torch::kFloat), z.to(torch::kFloat), labels);
  ASSERT_EQ(value.scalar_type(), torch::kFloat);
  EXPECT_LT(test::distance(value.to(torch::kDouble), exact), 1e-5);
}

// With any likelihood. That all layers take the samples that count only, the time tells.
TEST(Vae, DifferentiatesTheSamplesThatCount) {
  for (const LikelihoodConfig& likelihood :
       {LikelihoodConfig(BernoulliConfig()), LikelihoodConfig(GaussianConfig())}) {
    const auto model = conditional_model(
        test::tiny_config(MlpConfig{.hidden = {8, 7}, .activation = Activation::tanh}, likelihood));
    const Tensor x = test::binary_pictures(kClasses), labels = torch::arange(kClasses);
    Random random(1, "z");
    const Tensor z = normal(random, {100, kClasses, model->latent()}, test::kFloat64);
    const Tensor counts = uniform(random, {100, kClasses}, test::kFloat64) < 0.2;
    const Tensor weights = torch::where(counts, 1.0, 0x1p-50);
    const auto gradient = [&](torch::ScalarType type) {
      model->to(type);
      const Tensor latents = z.to(type).detach().requires_grad_(true);
      model->log_likelihood(x.to(type), latents, labels).backward(weights.to(type));
      return latents.grad().to(torch::kDouble);
    };
    const Tensor exact = gradient(torch::kDouble), ours = gradient(torch::kFloat);
    EXPECT_LT(test::distance(ours, exact), 1e-5 * exact.abs().max().item<double>());
    EXPECT_TRUE(torch::equal(ours.abs().sum(-1) > 0, counts)) << likelihood.type();
  }
}

TEST(Vae, DoesNotLookAtLabelsWithoutACondition) {
  const auto model = test::tiny_model();
  const Tensor x = test::binary_pictures(2);
  EXPECT_TRUE(torch::equal(model->encode(x, torch::arange(2))->mean(), model->encode(x)->mean()));
  EXPECT_EQ(model->classes(), 0);
}

TEST(Vae, RefusesAConditionWithoutClasses) {
  ModelConfig config = test::tiny_config();
  config.condition = ConditionConfig{};
  EXPECT_TRUE(test::throws<UsageError>([&] { Vae(config, kTinyPicture, 1); }, {"model.condition"}));
}

}  // namespace
}  // namespace vae
