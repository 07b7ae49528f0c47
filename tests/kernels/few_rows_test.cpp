#include "kernels/few_rows.h"

#include <gtest/gtest.h>

#include "kernels/product.h"
#include "support/chosen_product.h"
#include "support/fused.h"

namespace vae {
namespace {

Tensor product(const Tensor& x, const Tensor& weight) {
  Tensor out = torch::full({x.size(0), weight.size(0)}, 7.0F);
  multiply_few_rows(x.const_data_ptr<float>(), weight.const_data_ptr<float>(), x.size(0), x.size(1),
                    weight.size(0), out.data_ptr<float>());
  return out;
}

// Sixteen sums of inputs / 16 products each and a tree above them: 64 roundings of what they add up to.
TEST(FewRows, AreMultipliedAsInFloat64) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  for (const int64_t rows : {1, 3, 4, 20, 32}) {
    for (const int64_t inputs : {1, 15, 16, 50, 784}) {
      for (const int64_t outputs : {1, 6, 11, 200}) {
        const Tensor x = test::draws({rows, inputs}, 1), weight = test::draws({outputs, inputs}, 2);
        const Tensor exact = torch::mm(x.to(torch::kDouble), weight.to(torch::kDouble).t());
        const Tensor size = torch::mm(x.abs(), weight.abs().t());
        test::expect_close(product(x, weight), exact, size, 64 * 0x1p-24, "product");
      }
    }
  }
}

TEST(FewRows, GiveTheSameBitsInAnyCompany) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  const Tensor x = test::draws({23, 77}, 1), weight = test::draws({101, 77}, 2), all = product(x, weight);
  for (const int64_t first : {0, 2, 5}) {
    const Tensor part = product(x.slice(0, first, first + 7).contiguous(), weight.slice(0, first, 60));
    EXPECT_TRUE(torch::equal(part, all.slice(0, first, first + 7).slice(1, first, 60))) << first;
  }
}

TEST(FewRows, AreTheLibrarysWhereThatIsChosen) {
  const Tensor x = test::draws({20, 77}, 1), weight = test::draws({101, 77}, 2);
  const auto multiplied = [&] {
    const Tensor out = torch::empty({20, 101});
    multiply({x}, {weight, /*is_transposed=*/true}, out);
    return out;
  };
  if (are_few_rows(20)) {
    EXPECT_TRUE(torch::equal(multiplied(), product(x, weight)));
  }
  const test::ChosenProduct library(MatrixProduct::library);
  EXPECT_TRUE(torch::equal(multiplied(), torch::mm(x, weight.t())));
}

}  // namespace
}  // namespace vae
