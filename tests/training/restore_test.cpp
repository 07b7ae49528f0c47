#include "training/restore.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/conditional_models.h"
#include "support/models.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr PictureShape kHalved = {.channels = 1, .height = 2, .width = 6};

std::shared_ptr<const Dataset> halved_pictures() {
  return std::make_shared<test::HalvedPictures>(std::vector<int64_t>{0, 1, 1});
}

TEST(RestoreInference, GivesThatOfTheConfig) {
  const auto model = test::tiny_model();
  Checkpoint checkpoint;
  checkpoint.config.model = test::tiny_config();
  const Batch batch = {.x = test::binary_pictures(3)};
  const auto mean = [&] { return restore_inference(checkpoint, *model)->infer(*model, batch, 1)->mean(); };
  const Tensor encoded = model->encode(batch.x)->mean();
  EXPECT_TRUE(torch::equal(mean(), encoded));
  checkpoint.config.inference = SemiAmortizedConfig{.steps = 2};
  EXPECT_FALSE(torch::equal(mean(), encoded));
}

TEST(Observe, ShowsAModelPicturesAsInTraining) {
  Checkpoint checkpoint;
  checkpoint.config.data.observation = Dequantize{};
  checkpoint.config.model = test::tiny_config();
  checkpoint.config.model.condition = ConditionConfig{.embedding = 2};
  checkpoint.pictures.classes = {"none", "right", "left"};
  Vae model(checkpoint.config.model, kHalved, 1, 3);
  model.to(torch::kDouble);
  const Pictures pictures = observe(halved_pictures(), checkpoint, model);
  EXPECT_TRUE(torch::equal(pictures.labels(), torch::tensor({2, 1, 1})));
  const Tensor x = EvaluationBatches(pictures, 3, 1).get(0).x;
  EXPECT_EQ(x.scalar_type(), torch::kDouble);
  EXPECT_FALSE(torch::equal(x, x.round()));  // black and white before
}

TEST(Observe, RefusesPicturesOfAnotherSize) {
  Checkpoint checkpoint;
  checkpoint.path = "a.safetensors";
  const auto model = test::tiny_model();
  EXPECT_TRUE(test::throws<DataError>([&] { observe(halved_pictures(), checkpoint, *model); },
                                      {"a.safetensors", "6 x 5", "these are 2 x 6"}));
}

}  // namespace
}  // namespace vae
