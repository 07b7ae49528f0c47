#include "kernels/sparse_product.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "kernels/linear.h"
#include "support/chosen_product.h"
#include "support/fused.h"

namespace vae {
namespace {

/// Draws of which one in `among` is not 0.
Tensor sparse(at::IntArrayRef shape, int64_t among, uint64_t seed) {
  const Tensor all = test::draws(shape, seed);
  const Tensor place = torch::arange(all.numel()).view(shape);
  return torch::where((place * 7919 + place.div(13, "floor")).remainder(among) == 0, all,
                      torch::zeros_like(all));
}

Tensor forward(const Tensor& x, const Tensor& weight) {
  Tensor out = torch::full({x.size(0), weight.size(0)}, 7.0F);
  EXPECT_TRUE(multiply_sparse(x.const_data_ptr<float>(), weight.const_data_ptr<float>(), x.size(0), x.size(1),
                              weight.size(0), out.data_ptr<float>()));
  return out;
}

Tensor derivative(const Tensor& gradient, const Tensor& x) {
  Tensor out = torch::full({gradient.size(1), x.size(1)}, 7.0F);
  EXPECT_TRUE(sum_sparse(gradient.const_data_ptr<float>(), x.const_data_ptr<float>(), x.size(0), x.size(1),
                         gradient.size(1), out.data_ptr<float>()));
  return out;
}

void expect_product(const Tensor& given, const Tensor& a, const Tensor& b) {
  const Tensor exact = torch::mm(a.to(torch::kDouble), b.to(torch::kDouble));
  test::expect_close(given, exact, torch::mm(a.abs(), b.abs()), 64 * 0x1p-24, "product");
}

// Rows and inputs on both sides of a vector and of a panel, outputs of a stripe.
TEST(SparseProduct, IsThatOfFloat64) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  for (const int64_t rows : {16, 20, 129, 300}) {
    for (const int64_t inputs : {1, 17, 128, 300}) {
      for (const int64_t outputs : {1, 16, 97, 200}) {
        const Tensor x = sparse({rows, inputs}, 8, 1);
        expect_product(forward(x, test::draws({outputs, inputs}, 2)), x,
                       test::draws({outputs, inputs}, 2).t());
        const Tensor gradient = test::draws({rows, outputs}, 3);
        expect_product(derivative(gradient, x), gradient.t(), x);
      }
    }
  }
}

TEST(SparseProduct, ComesToTheSameBitsOnAnyNumberOfThreads) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  const Tensor x = sparse({200, 784}, 6, 1), weight = test::draws({400, 784}, 2);
  const Tensor gradient = test::draws({200, 400}, 3);
  const auto out = [&] { return forward(x, weight); };
  const auto sum = [&] { return derivative(gradient, x); };
  EXPECT_TRUE(torch::equal(test::on_threads(3, out), test::on_threads(1, out)));
  EXPECT_TRUE(torch::equal(test::on_threads(3, sum), test::on_threads(1, sum)));
}

TEST(SparseProduct, LeavesAloneWhatIsNotSparse) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  const Tensor x = sparse({20, 100}, 3, 1), weight = test::draws({30, 100}, 2);
  Tensor out = torch::full({20, 30}, 7.0F);
  EXPECT_FALSE(multiply_sparse(x.const_data_ptr<float>(), weight.const_data_ptr<float>(), 20, 100, 30,
                               out.data_ptr<float>()));
  Tensor sum = torch::full({20, 100}, 7.0F);
  EXPECT_FALSE(sum_sparse(test::draws({20, 20}, 2).const_data_ptr<float>(), x.const_data_ptr<float>(), 20,
                          100, 20, sum.data_ptr<float>()));
  EXPECT_TRUE((out == 7).all().item<bool>());
  EXPECT_TRUE((sum == 7).all().item<bool>());
}

TEST(SparseProduct, ShowsWhatIsNoNumber) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  Tensor x = sparse({20, 100}, 10, 1);
  x[3][50] = std::numeric_limits<float>::quiet_NaN();
  const Tensor out = forward(x, test::draws({30, 100}, 2));
  EXPECT_TRUE(out[3].isnan().all().item<bool>());
  EXPECT_EQ(out.isnan().sum().item<int64_t>(), 30);
}

// What only meets zeros tells whether it was looked at. Layers take the product for data alone, and not where
// the library's products are chosen.
TEST(SparseProduct, IsTakenByLayersOfSparseData) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Tensor x = sparse({128, 300}, 10, 1), arriving = torch::ones({128, 40});
  x.select(0, 7).zero_();
  x.select(1, 5).zero_();
  arriving.select(0, 7).fill_(kInfinity);
  Tensor weight = test::draws({40, 300}, 2), bias = torch::zeros({40});
  weight.select(1, 5).fill_(kInfinity);
  weight.requires_grad_();
  const auto are_no_numbers = [&](const Tensor& input) {
    weight.mutable_grad() = Tensor();
    const Tensor y = linear(input, weight, bias, FusedActivation::identity);
    y.backward(arriving);
    return std::pair(y.isnan().any().item<bool>(), weight.grad().isnan().any().item<bool>());
  };
  EXPECT_EQ(are_no_numbers(x), std::pair(false, false));
  EXPECT_EQ(are_no_numbers(x.clone().requires_grad_()), std::pair(true, true));
  const test::ChosenProduct library(MatrixProduct::library);
  EXPECT_EQ(are_no_numbers(x), std::pair(true, true));
}

}  // namespace
}  // namespace vae
