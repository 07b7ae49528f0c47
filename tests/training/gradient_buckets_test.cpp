#include "training/gradient_buckets.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include <array>
#include <vector>

#include "support/thread_group.h"

namespace vae {
namespace {

constexpr int64_t kProcesses = 3;
constexpr int64_t kTail = 2;

/// Three layers of which no backward pass comes to the second.
struct Network : torch::nn::Module {
  explicit Network(torch::ScalarType type = torch::kFloat) {
    const torch::NoGradGuard no_grad;
    for (Tensor& parameter : parameters()) {  // the same on every thread
      parameter.copy_(torch::linspace(-0.4, 0.6, parameter.numel()).view_as(parameter));
    }
    to(type);
  }
  Tensor loss(int64_t rank) {
    const Tensor x = torch::full({2, 5}, 0.3 * static_cast<double>(rank + 1), first->weight.options());
    return last->forward(torch::tanh(first->forward(x))).pow(2).sum();
  }
  torch::nn::Linear first = register_module("first", torch::nn::Linear(5, 4));
  torch::nn::Linear unused = register_module("unused", torch::nn::Linear(4, 4));
  torch::nn::Linear last = register_module("last", torch::nn::Linear(4, 3));
};

double number_behind(int64_t rank) { return 0.1 + static_cast<double>(rank); }

/// What one process brings.
Tensor numbers_of(int64_t rank, torch::ScalarType type) {
  Network network(type);
  FlatParameters parameters(network.named_parameters(), kTail);
  parameters.clear_gradients();
  network.loss(rank).backward();
  parameters.collect_gradients(0, parameters.count());
  const torch::NoGradGuard no_grad;
  Tensor numbers = parameters.gradients_and_tail().clone();
  numbers.narrow(0, numbers.numel() - kTail, kTail).fill_(number_behind(rank));
  return numbers;
}

struct Case {
  WirePrecision precision = WirePrecision::full;
  int64_t least_bytes = 1;
  torch::ScalarType type = torch::kFloat;
};

/// Everyone's numbers on the process `rank` as buckets sum them.
std::vector<Tensor> sum_in_buckets(const Case& how) {
  std::vector<Tensor> sums(kProcesses);
  for (Tensor& sum : sums) sum = torch::empty({0});
  test::in_threads(kProcesses, [&](const std::shared_ptr<const Group>& group) {
    Network network(how.type);
    FlatParameters parameters(network.named_parameters(), kTail);
    GradientBuckets buckets(parameters, group, how.precision, how.least_bytes);
    const Tensor behind = parameters.gradients_and_tail().narrow(0, parameters.gradients().numel(), kTail);
    for (int step = 0; step < 2; ++step) {  // the second begins with what the first left
      parameters.clear_gradients();
      behind.fill_(number_behind(group->rank()));
      buckets.begin();
      network.loss(group->rank()).backward();
      const torch::NoGradGuard no_grad;
      buckets.finish();
    }
    sums[static_cast<size_t>(group->rank())] = parameters.gradients_and_tail().clone();
  });
  return sums;
}

constexpr std::array<int64_t, 3> kSizes = {1, 100, 1 << 20};  // a bucket a parameter, some, one

TEST(GradientBuckets, SumWhatEveryoneHas) {
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    Tensor expected = torch::zeros_like(numbers_of(0, type));
    for (int64_t rank = 0; rank < kProcesses; ++rank) expected += numbers_of(rank, type);
    for (const int64_t least_bytes : kSizes) {
      SCOPED_TRACE(least_bytes);
      // The same numbers added in the same order.
      for (const Tensor& sum : sum_in_buckets({.least_bytes = least_bytes, .type = type})) {
        EXPECT_TRUE(torch::equal(sum, expected));
      }
    }
  }
}

TEST(GradientBuckets, RoundGradientsAloneToBfloat16) {
  Tensor expected = torch::zeros_like(numbers_of(0, torch::kFloat)), sizes = expected.clone();
  for (int64_t rank = 0; rank < kProcesses; ++rank) {
    expected += numbers_of(rank, torch::kFloat);
    sizes += numbers_of(rank, torch::kFloat).abs();
  }
  for (const int64_t least_bytes : kSizes) {
    SCOPED_TRACE(least_bytes);
    const std::vector<Tensor> sums =
        sum_in_buckets({.precision = WirePrecision::bfloat16, .least_bytes = least_bytes});
    const Tensor error = (sums.front() - expected).abs();
    // Each number is rounded by 2^-8 of itself at most, and so is the sum of what then is there.
    EXPECT_TRUE((error <= (0x1p-7 + 0x1p-15) * sizes).all().item<bool>());
    EXPECT_GT(error.max().item<double>(), 0);
    EXPECT_EQ(error.narrow(0, error.numel() - kTail, kTail).max().item<double>(), 0);
    for (const Tensor& sum : sums) EXPECT_TRUE(torch::equal(sum, sums.front()));
  }
}

/// One of two processes; sums nothing, and notes what begins when.
class Recorder : public Group {
 public:
  struct Begun {
    int64_t count = 0;
    bool is_pass_over = false;
  };
  explicit Recorder(const Network& network) : network_(network) {}
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 2; }
  std::unique_ptr<PendingSum> begin_sum(Tensor tensor, WirePrecision precision) const override {
    begun.push_back({.count = tensor.numel(), .is_pass_over = network_.first->bias.grad().defined()});
    return alone()->begin_sum(std::move(tensor), precision);
  }
  void broadcast(Tensor) const override {}
  Tensor exchange_rows(const Tensor& rows, std::vector<int64_t>, std::vector<int64_t>) const override {
    return rows;
  }
  void wait_for_all() const override {}
  void leave(const std::string&) const override {}
  int64_t sharing_cores() const override { return 1; }
  int64_t local_rank() const override { return rank(); }
  bool is_first_here() const override { return true; }

  mutable std::vector<Begun> begun;

 private:
  const Network& network_;
};

TEST(GradientBuckets, TravelWhileTheRestIsComputed) {
  Network network;
  FlatParameters parameters(network.named_parameters(), kTail);
  const auto recorder = std::make_shared<Recorder>(network);
  GradientBuckets buckets(parameters, recorder, WirePrecision::full, /*least_bytes=*/1);
  parameters.clear_gradients();
  buckets.begin();
  network.loss(0).backward();
  // The two of the last layer, that of its bias with the numbers behind; then comes one without a gradient.
  ASSERT_EQ(recorder->begun.size(), 2);
  EXPECT_FALSE(recorder->begun[0].is_pass_over);
  EXPECT_FALSE(recorder->begun[1].is_pass_over);
  EXPECT_EQ(recorder->begun[0].count, 16 + kTail);  // 3 numbers and what lies up to 64 bytes
  EXPECT_EQ(recorder->begun[1].count, 16);          // 12
  buckets.finish();
  EXPECT_EQ(recorder->begun.size(), parameters.count());
}

}  // namespace
}  // namespace vae
