#include "training/config.h"

#include <gtest/gtest.h>

#include "config/parse.h"
#include "core/error.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

Config parse_text(const std::string& text) { return parse<Config>(text, "test"); }

TEST(RunConfig, NeedsNothingButData) {
  const Config config = parse_text(R"({"data": {"train": "shapes"}})");
  EXPECT_EQ(config.name, "vae");
  EXPECT_EQ(config.training, TrainingConfig());
  EXPECT_TRUE(config.model.likelihood.is<BernoulliConfig>());
  EXPECT_TRUE(test::throws<UsageError>([] { parse_text("{}"); }, {"data"}));
}

TEST(RunConfig, ReadsBackWhatItWrites) {
  Config config = parse_text(R"({"data": {"train": "shapes"}})");
  config.seed = 18446744073709551615u;
  config.precision = Precision::bfloat16;
  config.training.optimizer = SgdConfig{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true};
  config.training.ema = 0.99;
  config.training.schedule = CosineSchedule{.warmup_steps = 3};
  EXPECT_EQ(parse_text(dump(config)), config);
}

TEST(RunConfig, HasANameThatCanBeAFolder) {
  for (const char* name : {"", ".", "..", ".hidden", "a/b", "/a"}) {
    Config config;
    config.name = name;
    EXPECT_TRUE(check(config).has_value()) << name;
  }
  for (const char* name : {"a", "a.b", "my run", "-"}) {
    Config config;
    config.name = name;
    EXPECT_FALSE(check(config).has_value()) << name;
  }
}

TEST(RunConfig, RefusesNumbersOutOfTheirRange) {
  for (const char* training :
       {R"("epochs": 0)", R"("batch_size": 0)", R"("clip_norm": 0)", R"("ema": 1)", R"("ema": 0)",
        R"("evaluate_every": 0)", R"("patience": 0)", R"("log_every": 0)", R"("save_every_steps": 0)",
        R"("keep_every_epochs": 0)", R"("pictures_every": 0)",
        R"("optimizer": {"type": "adam", "learning_rate": 0})",
        R"("optimizer": {"type": "adam", "beta1": 1})", R"("schedule": {"type": "step", "factor": 1})"}) {
    const std::string text = std::string(R"({"data": {"train": "shapes"}, "training": {)") + training + "}}";
    EXPECT_TRUE(test::throws<UsageError>([&] { parse_text(text); }, {"training.", "expected"})) << training;
  }
}

TEST(RunConfig, OfEveryExampleParses) {
  int examples = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(VAE_SOURCE_DIR) / "configs")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(parse_file<Config>(entry.path()).name, entry.path().stem()) << entry.path();
    ++examples;
  }
  EXPECT_GT(examples, 0);
}

Config with(const LikelihoodConfig& likelihood, const ObservationConfig& observation) {
  Config config;
  config.model.likelihood = likelihood;
  config.data.observation = observation;
  return config;
}

TEST(RunConfig, RefusesObservationsThatALikelihoodHasNoProbabilityFor) {
  const std::vector<LikelihoodConfig> of_levels = {DiscretizedLogisticConfig{},
                                                   DiscretizedLogisticMixtureConfig{}, CategoricalConfig{},
                                                   CategoricalConfig{.levels = 4}};
  for (const LikelihoodConfig& likelihood : of_levels) {
    EXPECT_FALSE(check(with(likelihood, PlainObservation{})).has_value()) << likelihood.type();
    EXPECT_TRUE(check(with(likelihood, Dequantize{})).has_value()) << likelihood.type();
    EXPECT_TRUE(check(with(likelihood, Binarize{})).has_value()) << likelihood.type();
  }
  EXPECT_TRUE(check(with(BernoulliConfig{}, Dequantize{})).has_value());
  EXPECT_FALSE(check(with(BernoulliConfig{}, Binarize{})).has_value());
  EXPECT_FALSE(check(with(BernoulliConfig{}, PlainObservation{})).has_value());
  for (const LikelihoodConfig& likelihood :
       {LikelihoodConfig(GaussianConfig{}), LikelihoodConfig(BetaConfig{}),
        LikelihoodConfig(CensoredGaussianConfig{}), LikelihoodConfig(ContinuousBernoulliConfig{})}) {
    EXPECT_FALSE(check(with(likelihood, Dequantize{})).has_value()) << likelihood.type();
    EXPECT_FALSE(check(with(likelihood, PlainObservation{})).has_value()) << likelihood.type();
  }
}

TEST(RunConfig, NamesBothKeysThatDoNotFit) {
  EXPECT_TRUE(test::throws<UsageError>(
      [] {
        parse_text(R"({"data": {"train": "shapes", "observation": "dequantize"},
                       "model": {"likelihood": "categorical"}})");
      },
      {"model.likelihood.type", "\"categorical\"", "data.observation", "\"dequantize\""}));
}

TEST(RunConfig, RefusesPartsOfAModelThatDoNotFit) {
  EXPECT_TRUE(test::throws<UsageError>(
      [] { parse_text(R"({"data": {"train": "shapes"}, "model": {"posterior": "categorical"}})"); },
      {"test:1", "model.prior.type", "model.posterior", "\"uniform_categorical\""}));
}

TEST(RunConfig, RefusesASampledKlOfRelaxedDraws) {
  const auto parse_with_kl = [](const std::string& kl) {
    return parse_text(R"({"data": {"train": "shapes"},
                          "model": {"posterior": "categorical", "prior": "uniform_categorical"},
                          "objective": {"type": "elbo", "kl": ")" +
                      kl + R"("}})");
  };
  EXPECT_TRUE(test::throws<UsageError>([&] { parse_with_kl("sampled"); },
                                       {"objective.kl", "\"sampled\"", "model.posterior", "\"auto\""}));
  EXPECT_NO_THROW(parse_with_kl("auto"));
  EXPECT_NO_THROW(parse_with_kl("closed_form"));
}

TEST(RunConfig, DoubtsNumbersThatAreNoLogLikelihoods) {
  const auto grey = doubt_about(with(BernoulliConfig{}, PlainObservation{}));
  ASSERT_TRUE(grey.has_value());
  EXPECT_NE(grey->find("no log-likelihood"), std::string::npos);
  EXPECT_FALSE(doubt_about(with(BernoulliConfig{}, Binarize{})).has_value());
}

TEST(RunConfig, DoubtsDensitiesOfPixelsThatAreNotDequantised) {
  for (const LikelihoodConfig& likelihood :
       {LikelihoodConfig(GaussianConfig{}), LikelihoodConfig(ContinuousBernoulliConfig{}),
        LikelihoodConfig(LogitNormalConfig{}), LikelihoodConfig(TruncatedGaussianConfig{}),
        LikelihoodConfig(BetaConfig{})}) {
    EXPECT_TRUE(doubt_about(with(likelihood, PlainObservation{})).has_value()) << likelihood.type();
    EXPECT_TRUE(doubt_about(with(likelihood, Binarize{})).has_value()) << likelihood.type();
    EXPECT_FALSE(doubt_about(with(likelihood, Dequantize{})).has_value()) << likelihood.type();
  }
  EXPECT_FALSE(doubt_about(with(CategoricalConfig{}, PlainObservation{})).has_value());
  EXPECT_FALSE(doubt_about(with(CensoredGaussianConfig{}, PlainObservation{})).has_value());
}

TEST(RunConfig, RefusesConstraintsThatAParameterCannotTake) {
  const auto with_likelihood = [](const std::string& likelihood) {
    return R"({"data": {"train": "shapes"}, "model": {"likelihood": )" + likelihood + "}}";
  };
  for (const char* likelihood :
       {R"({"type": "gaussian", "variance": {"type": "per_pixel", "constraint": "projected"}})",
        R"({"type": "truncated_gaussian", "variance": {"type": "per_pixel", "constraint": "projected"}})",
        R"({"type": "beta", "constraint": "projected"})",
        R"({"type": "discretized_logistic", "constraint": "projected"})",
        R"({"type": "discretized_logistic_mixture", "constraint": "projected"})"}) {
    EXPECT_TRUE(test::throws<UsageError>([&] { parse_text(with_likelihood(likelihood)); },
                                         {"model.likelihood", "constraint: \"projected\"", "decoder"}))
        << likelihood;
  }
  EXPECT_TRUE(test::throws<UsageError>(
      [&] { parse_text(with_likelihood(R"({"type": "gaussian", "mean_constraint": "projected"})")); },
      {"mean_constraint: \"projected\"", "decoder"}));
  EXPECT_TRUE(test::throws<UsageError>(
      [&] { parse_text(with_likelihood(R"({"type": "logit_normal", "variance": "optimal"})")); },
      {"model.likelihood", "\"optimal\"", "\"logit_normal\""}));
  EXPECT_NO_THROW(parse_text(with_likelihood(
      R"({"type": "gaussian", "variance": {"type": "per_channel", "constraint": "projected"}})")));
}

}  // namespace
}  // namespace vae
