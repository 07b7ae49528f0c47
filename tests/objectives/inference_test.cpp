// Every inference scheme, by what it leaves of the weights and of q.
#include <gtest/gtest.h>

#include "core/noise.h"
#include "objectives/elbo.h"
#include "objectives/inferences.h"
#include "objectives/scores.h"
#include "support/linear_gaussian_models.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 6;

ModelConfig without_encoder() {
  ModelConfig config = test::tiny_config();
  config.encoder = std::nullopt;
  return config;
}

Batch batch(const std::vector<int64_t>& indices) {
  const Tensor numbers = torch::tensor(indices, torch::kLong);
  return {.x = test::binary_pictures(kPictures).index_select(0, numbers),
          .indices = numbers,
          .population = kPictures};
}

/// A scheme beside its model and the ELBO.
struct Scheme {
  explicit Scheme(const InferenceConfig& config, const ModelConfig& model_config)
      : model(test::tiny_model(model_config)),
        elbo(ElboConfig{}, model->picture()),
        inference(make_inference(config, model_config, *model, kPictures)) {}

  EStep e_step(const Batch& pictures) {
    Random random(1, "latent");
    return inference->e_step({*model, elbo, pictures, random});
  }
  Tensor table(const std::string& name) const { return inference->named_buffers()["table." + name]; }

  std::shared_ptr<Vae> model;
  Elbo elbo;
  std::shared_ptr<Inference> inference;
};

TEST(PerObject, StepsTheRowsOfTheBatchAlone) {
  Scheme scheme(PerObjectConfig{.steps = 3}, without_encoder());
  scheme.e_step(batch({1, 4}));
  const Tensor moved = (scheme.table("values") != 0).any(1);
  EXPECT_TRUE(torch::equal(moved, torch::tensor({false, true, false, false, true, false})));
  EXPECT_TRUE(torch::equal(scheme.table("updates").flatten(), test::values({0, 3, 0, 0, 3, 0})));
}

TEST(PerObject, GivesEachPictureItsOwnRow) {
  Scheme together(PerObjectConfig{.steps = 2}, without_encoder());
  together.e_step(batch({1, 4}));
  const EStep q = together.e_step(batch({4, 1}));
  const auto rows = together.table("values").index_select(0, torch::tensor({4, 1}));
  EXPECT_LT(test::distance(q.posterior->mean(), rows.narrow(1, 0, 3)), 1e-15);
  EXPECT_FALSE(q.posterior->mean().requires_grad()) << "theta is stepped at a q that stays";
}

// Every call takes three steps more where the last one stopped.
TEST(PerObject, RaisesTheBoundFromVisitToVisit) {
  Scheme scheme(PerObjectConfig{.steps = 3}, without_encoder());
  const Batch all = batch({0, 1, 2, 3, 4, 5});
  const auto bound = [&] {
    const EStep q = scheme.e_step(all);
    return score(*scheme.model, *q.posterior, all, 100, 1).elbo().mean().item<double>();
  };
  const double first = bound();
  for (int i = 0; i < 20; ++i) scheme.e_step(all);
  EXPECT_GT(bound(), first + 0.05);
}

TEST(PerObject, KeepsTheTableWhereItIsTold) {
  const Scheme scheme(PerObjectConfig{.table = TablePlace::cpu}, without_encoder());
  EXPECT_EQ(scheme.table("values").device(), torch::kCPU);
  EXPECT_TRUE(scheme.inference->knows_pictures());
}

// The gradient of the encoder's own ELBO with the noise of the first step: Krishnan et al. 2018, algorithm 1.
TEST(SemiAmortized, TrainsTheEncoderAtItsOwnQ) {
  const ModelConfig config = test::tiny_config();
  Scheme refined(SemiAmortizedConfig{.steps = 4}, config), plain(AmortizedConfig{}, config);
  const Batch all = batch({0, 1, 2, 3, 4, 5});
  refined.e_step(all).surrogate.backward();
  Random random(1, "latent");
  const EStep q = plain.e_step(all);
  plain.elbo.evaluate(*plain.model, *q.posterior, all, random, {}).surrogate.backward();
  const auto expected = plain.model->named_parameters();
  for (const auto& parameter : refined.model->named_parameters()) {
    if (parameter.key().starts_with("encoder.")) {
      EXPECT_LT(test::distance(parameter.value().grad(), expected[parameter.key()].grad()), 1e-13);
    } else {
      EXPECT_FALSE(parameter.value().grad().defined()) << parameter.key();
    }
  }
}

TEST(SemiAmortized, ImprovesOnTheEncoder) {
  const ModelConfig config = test::tiny_config();
  const Scheme refined(SemiAmortizedConfig{.steps = 50}, config), plain(AmortizedConfig{}, config);
  const Batch all = batch({0, 1, 2, 3, 4, 5});
  const auto bound = [&](const Scheme& scheme) {
    const auto q = scheme.inference->infer(*scheme.model, all, 1);
    return score(*scheme.model, *q, all, 200, 1).elbo();
  };
  EXPECT_GT((bound(refined) - bound(plain)).min().item<double>(), 0);
}

TEST(SemiAmortized, ForEvaluationOnlyTrainsAsAnAmortizedOne) {
  Scheme scheme(SemiAmortizedConfig{.steps = 5, .when = Refinement::evaluation}, test::tiny_config());
  const Batch all = batch({0, 1, 2});
  const EStep q = scheme.e_step(all);
  EXPECT_FALSE(q.surrogate.defined());
  EXPECT_TRUE(torch::equal(q.posterior->mean(), scheme.model->encode(all.x)->mean()));
  EXPECT_FALSE(torch::equal(scheme.inference->infer(*scheme.model, all, 1)->mean(), q.posterior->mean()));
}

// Which keys of the model a scheme cannot do with.
TEST(EveryInference, NamesTheKeysThatDoNotGoTogether) {
  const auto expect_names = [](const std::optional<std::string>& complaint, const std::string& a,
                               const std::string& b) {
    ASSERT_TRUE(complaint) << a << " " << b;
    EXPECT_NE(complaint->find(a), std::string::npos) << *complaint;
    EXPECT_NE(complaint->find(b), std::string::npos) << *complaint;
  };
  ModelConfig flow = without_encoder();
  flow.posterior = IafConfig{};
  ModelConfig vamp = without_encoder();
  vamp.prior = VampConfig{};
  for (const InferenceConfig& config : {InferenceConfig(PerObjectConfig{}), InferenceConfig(EmConfig{})}) {
    EXPECT_EQ(check_inference(config, without_encoder()), std::nullopt);
    expect_names(check_inference(config, test::tiny_config()), "inference.type", "model.encoder");
    expect_names(check_inference(config, flow), "inference.type", "model.posterior");
  }
  for (const InferenceConfig& config :
       {InferenceConfig(AmortizedConfig{}), InferenceConfig(SemiAmortizedConfig{})}) {
    EXPECT_EQ(check_inference(config, test::tiny_config()), std::nullopt);
    expect_names(check_inference(config, without_encoder()), "inference.type", "model.encoder");
  }
  expect_names(check(vamp), "vamp", "model.encoder");
  expect_names(check_inference(EmConfig{.e_step = ExactEStepConfig{}}, without_encoder()), "inference.e_step",
               "model.decoder");
  expect_names(check(EmConfig{.m_step = ClosedFormMStepConfig{}}), "m_step", "e_step");
}

}  // namespace
}  // namespace vae
