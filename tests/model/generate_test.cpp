#include "model/generate.h"

#include <gtest/gtest.h>

#include "support/examples.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor latents(const Vae& model, double temperature, uint64_t seed = 1) {
  Random random(seed, "z");
  return draw_latents(model, 7, {}, temperature, random);
}

Tensor decoded(const Vae& model, const Tensor& z, Rendering rendering) {
  Random random(1, "x");
  return decode_pictures(model, z, {}, rendering, random);
}

std::vector<std::shared_ptr<Vae>> a_model_of_every_likelihood() {
  std::vector<std::shared_ptr<Vae>> all;
  for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> row) {
    for (const Row& example : test::examples(row)) {
      all.push_back(test::tiny_model(test::tiny_config(MlpConfig{.hidden = {8}}, example)));
    }
  });
  return all;
}

TEST(DrawLatents, ScaleWithTheTemperature) {
  const auto model = test::tiny_model();
  const Tensor z = latents(*model, 1);
  ASSERT_EQ(z.sizes(), (std::vector<int64_t>{7, 3}));
  EXPECT_EQ(z.scalar_type(), torch::kDouble);
  EXPECT_LT(test::distance(latents(*model, 0.5), 0.5 * z), 1e-15);
  EXPECT_EQ(latents(*model, 0).abs().max().item<double>(), 0);
}

TEST(DrawLatents, AreAFunctionOfTheStream) {
  const auto model = test::tiny_model();
  EXPECT_TRUE(torch::equal(latents(*model, 1), latents(*model, 1)));
  EXPECT_FALSE(torch::equal(latents(*model, 1), latents(*model, 1, 2)));
}

TEST(Labels, GoThroughTheClassesInTurnOrOneByOne) {
  ModelConfig config = test::tiny_config();
  EXPECT_FALSE(labels_in_turn(*test::tiny_model(), 4).defined());
  EXPECT_FALSE(labels_of_each_class(*test::tiny_model(), 4).defined());
  config.condition = ConditionConfig{};
  const Vae model(config, test::kTinyPicture, /*seed=*/1, /*classes=*/3);
  EXPECT_TRUE(torch::equal(labels_in_turn(model, 5), torch::tensor({0, 1, 2, 0, 1}, torch::kLong)));
  EXPECT_TRUE(torch::equal(labels_of_each_class(model, 2), torch::tensor({0, 0, 1, 1, 2, 2}, torch::kLong)));
}

TEST(DecodePictures, GivesThePicturesMean) {
  for (const auto& model : a_model_of_every_likelihood()) {
    const Tensor z = latents(*model, 1);
    const Tensor x = decoded(*model, z, Rendering::mean);
    ASSERT_EQ(x.sizes(), (std::vector<int64_t>{7, 1, 6, 5}));
    EXPECT_LT(test::distance(x, model->likelihood().mean(model->decode(z)).clamp(0, 1)), 1e-14);
  }
}

TEST(DecodePictures, StaysInTheUnitInterval) {
  for (const auto& model : a_model_of_every_likelihood()) {
    for (const auto rendering : {Rendering::mean, Rendering::draw}) {
      const Tensor x = decoded(*model, 20 * latents(*model, 1), rendering);
      ASSERT_EQ(x.sizes(), (std::vector<int64_t>{7, 1, 6, 5}));
      EXPECT_GE(x.min().item<double>(), 0);
      EXPECT_LE(x.max().item<double>(), 1);
    }
  }
}

TEST(DecodePictures, DrawsFromTheLikelihoodAsTheStreamSays) {
  for (const auto& model : a_model_of_every_likelihood()) {
    const Tensor z = latents(*model, 1);
    Random random(1, "x");
    const Tensor expected = model->likelihood().sample(model->decode(z), random).clamp(0, 1);
    EXPECT_LT(test::distance(decoded(*model, z, Rendering::draw), expected), 1e-14);
  }
}

TEST(Reconstruct, IsTheMeanAtThePosteriorsMean) {
  for (const auto& model : a_model_of_every_likelihood()) {
    const Tensor x = test::binary_pictures(4);
    const Tensor expected = model->likelihood().mean(model->decode(model->encode(x)->mean())).clamp(0, 1);
    EXPECT_LT(test::distance(reconstruct(*model, *model->encode(x), {}), expected), 1e-14);
  }
}

TEST(Generating, LeavesTheDefaultGeneratorAlone) {
  const Tensor before = test::default_generator_state();
  const auto model = test::tiny_model();
  decoded(*model, latents(*model, 1), Rendering::draw);
  reconstruct(*model, *model->encode(test::binary_pictures(2)), {});
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

}  // namespace
}  // namespace vae
