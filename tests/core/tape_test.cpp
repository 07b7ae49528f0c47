#include "core/tape.h"

#include <ATen/ops/_fused_sgd.h>
#include <gtest/gtest.h>

#include "core/noise.h"

namespace vae {
namespace {

/// out <- 2 in, by its addresses.
void double_into(const Tensor& in, const Tensor& out) {
  const float* from = in.const_data_ptr<float>();
  float* to = out.data_ptr<float>();
  perform({&in, &out}, [=, count = in.numel()] {
    for (int64_t i = 0; i < count; ++i) to[i] = 2 * from[i];
  });
}

TEST(Tape, DoesWorkAgainOnWhatIsInItsMemoryThen) {
  const Tensor x = torch::tensor({1.0F, 2.0F, 3.0F}), doubled = torch::zeros({3});
  Tape tape;
  Tensor sum, shifted;
  {
    const Tape::Recording recording(tape);
    double_into(x, doubled);
    shifted = (doubled.view({3, 1}) + x.unsqueeze(1)).flatten();
    shifted.add_(1);
    sum = shifted.sum();
  }
  EXPECT_EQ(tape.obstacle(), "");
  EXPECT_EQ(sum.item<float>(), 3 * 6 + 3);
  x.copy_(torch::tensor({10.0F, 0.0F, -1.0F}));
  tape.replay();
  EXPECT_TRUE(torch::equal(shifted, torch::tensor({31.0F, 1.0F, -2.0F})));
  EXPECT_EQ(sum.item<float>(), 30);
}

TEST(Tape, DoesAsOneWhatTakesAsManyRowsAsThereAre) {
  const Tensor x = torch::tensor({1.0F, -2.0F, 3.0F});
  int inner = 0;
  const auto sum_of_positive = [&](const std::vector<Tensor>& inputs) {
    perform({&inputs[0]}, [&] { ++inner; });  // by itself it would be noted
    return std::vector<Tensor>{inputs[0].index({inputs[0] > 0}).sum(), Tensor()};
  };
  Tape tape;
  Tensor sum, more;
  {
    const Tape::Recording recording(tape);
    sum = perform_as_one({x}, sum_of_positive)[0];
    more = sum + 1;
  }
  EXPECT_EQ(tape.obstacle(), "");
  EXPECT_EQ(more.item<float>(), 5);
  x.copy_(torch::tensor({-1.0F, -2.0F, 7.0F}));
  tape.replay();
  EXPECT_EQ(sum.item<float>(), 7);
  EXPECT_EQ(more.item<float>(), 8);
  EXPECT_EQ(inner, 2);
}

TEST(Tape, DifferentiatesAgain) {
  const Tensor x = torch::tensor({1.0F, 2.0F}), weight = torch::tensor({3.0F, 5.0F}).requires_grad_(true);
  Tape tape;
  {
    const Tape::Recording recording(tape);
    // Both ways to the weight: their gradients are added.
    ((x * weight).square().sum() + weight.sum()).backward();
  }
  const Tensor gradient = weight.grad();
  EXPECT_EQ(tape.obstacle(), "");
  EXPECT_TRUE(torch::equal(gradient, torch::tensor({7.0F, 41.0F})));
  x.fill_(0);
  tape.replay();
  EXPECT_TRUE(torch::equal(gradient, torch::tensor({1.0F, 1.0F})));
}

TEST(Tape, DoesAgainWhatChangesItsInputsAndGivesNothing) {
  const Tensor weight = torch::zeros({2}), gradient = torch::ones({2}), rate = torch::tensor(0.5);
  const auto descend = [&] {
    at::_fused_sgd_({weight}, {gradient}, {}, /*weight_decay=*/0, /*momentum=*/0, rate, /*dampening=*/0,
                    /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
  };
  Tape tape;
  {
    const Tape::Recording recording(tape);
    descend();
  }
  rate.fill_(2);
  tape.replay();
  EXPECT_TRUE(torch::equal(weight, torch::full({2}, -2.5F)));
}

TEST(Tape, KeepsTheMemoryOfItsWork) {
  Tape tape;
  std::vector<c10::weak_intrusive_ptr<c10::StorageImpl>> memory;
  {
    const Tape::Recording recording(tape);
    const Tensor in = torch::ones({4}), between = torch::empty({4}), out = torch::empty({4});
    double_into(in, between);
    double_into(between, out);
    for (const Tensor& tensor : {in, between, out}) memory.push_back(tensor.storage().getWeakStorageImpl());
  }
  for (const auto& storage : memory) EXPECT_FALSE(storage.expired());
  tape = {};
  for (const auto& storage : memory) EXPECT_TRUE(storage.expired());
}

TEST(Tape, DrawsTheNoiseOfTheIndexThatIsFollowed) {
  uint64_t index = 3;
  const Random stream(1, "test");
  Random followed = stream.following(&index);
  Tape tape;
  Tensor first, second;
  {
    const Tape::Recording recording(tape);
    first = normal(followed, {5}, torch::kFloat);
    second = uniform(followed, {7}, torch::kFloat);
  }
  for (const uint64_t at : {uint64_t{3}, uint64_t{8}}) {
    index = at;
    tape.replay();
    Random random = stream.at(at);
    EXPECT_TRUE(torch::equal(first, normal(random, {5}, torch::kFloat))) << at;
    EXPECT_TRUE(torch::equal(second, uniform(random, {7}, torch::kFloat))) << at;
  }
}

TEST(Tape, SaysWhatCantBeDoneAgain) {
  const Tensor x = torch::ones({4});
  const auto obstacle_of = [](const std::function<void()>& work) {
    Tape tape;
    {
      const Tape::Recording recording(tape);
      work();
    }
    return tape.obstacle();
  };
  EXPECT_EQ(obstacle_of([&] { x.sum().item<float>(); }), "aten::_local_scalar_dense");
  EXPECT_EQ(obstacle_of([&] { x.nonzero(); }), "aten::nonzero");
  EXPECT_EQ(obstacle_of([&] { torch::rand({2}); }), "aten::rand");
  EXPECT_EQ(obstacle_of([&] { torch::ones({1 << 17}) + 1; }), "aten::ones");
  EXPECT_EQ(obstacle_of([&] { cannot_be_noted("a convolution"); }), "a convolution");
  EXPECT_EQ(obstacle_of([&] {
              const Tensor large = torch::empty({33 << 20});
              perform({&large}, [] {});
            }),
            "it takes too much memory");
  EXPECT_EQ(obstacle_of([&] { x.view({2, 2}); }), "");
}

TEST(Tape, NotesNothingBesideItsRecording) {
  const Tensor x = torch::ones({2}), out = torch::zeros({2});
  Tape tape;
  { const Tape::Recording recording(tape); }
  double_into(x, out);
  out.add_(1);
  tape.replay();
  EXPECT_TRUE(torch::equal(out, torch::full({2}, 3.0F)));
}

}  // namespace
}  // namespace vae
