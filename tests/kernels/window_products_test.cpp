// The products that read windows of pictures where they lie: kernels/window_sum.h and window_spread.h. That
// they come to the right numbers, strided_convolution_test.cpp holds.
#include <gtest/gtest.h>

#include <array>

#include "kernels/own_products.h"
#include "kernels/window_spread.h"
#include "kernels/window_sum.h"
#include "support/chosen_product.h"
#include "support/fused.h"

namespace vae {
namespace {

// Colour, which is summed by stretches, and vectors, few and many; even sides and odd.
constexpr std::array kMaps = {
    WindowMap{.count = 9, .height = 12, .width = 10, .wide = 3, .rows = 6, .columns = 5, .narrow = 11},
    WindowMap{.count = 7, .height = 9, .width = 15, .wide = 48, .rows = 4, .columns = 7, .narrow = 24},
    WindowMap{.count = 5, .height = 8, .width = 8, .wide = 64, .rows = 4, .columns = 4, .narrow = 104}};

Tensor sum(const WindowMap& map) {
  const Tensor large = test::draws({map.count, map.height, map.width, map.wide}, 1);
  const Tensor small = test::draws({map.count, map.rows, map.columns, map.narrow}, 2);
  Tensor result = torch::full({map.narrow, 16 * map.wide}, 7.0F);
  sum_windows(map, large.const_data_ptr<float>(), small.const_data_ptr<float>(), result.data_ptr<float>());
  return result;
}

Tensor spread(const WindowMap& map, const std::function<void(float*, int64_t)>& finish) {
  const Tensor small = test::draws({map.count, map.rows, map.columns, map.narrow}, 2);
  const Tensor weight = test::draws({map.narrow, 16 * map.wide}, 3);
  Tensor result = torch::full({map.count, map.height, map.width, map.wide}, 7.0F);
  spread_windows(map, small.const_data_ptr<float>(), weight.const_data_ptr<float>(), finish,
                 result.data_ptr<float>());
  return result;
}

template <class Compute>
void expect_same_bits_on_any_number_of_threads(const Compute& compute) {
  const Tensor one = test::on_threads(1, compute);
  for (const int threads : {3, 40})
    EXPECT_TRUE(torch::equal(test::on_threads(threads, compute), one)) << threads;
}

TEST(WindowProducts, AreTheSameOnAnyNumberOfThreads) {
  if (!uses_own_products()) GTEST_SKIP() << "this processor has the library's products";
  for (const WindowMap& map : kMaps) {
    ASSERT_TRUE(can_sum_windows(map));
    expect_same_bits_on_any_number_of_threads([&] { return sum(map); });
    if (can_spread_windows(map)) {
      expect_same_bits_on_any_number_of_threads([&] { return spread(map, {}); });
    }
  }
}

TEST(WindowProducts, FinishEachPixelOnce) {
  const WindowMap& map = kMaps[1];
  if (!uses_own_products()) GTEST_SKIP() << "this processor has the library's products";
  const Tensor finished = spread(map, [&](float* pixels, int64_t count) {
    for (int64_t i = 0; i < count * map.wide; ++i) pixels[i] += 100;
  });
  EXPECT_TRUE(torch::equal(finished, spread(map, {}) + 100));
}

TEST(WindowProducts, LeaveToTheLibraryWhatIsToBeIts) {
  const test::ChosenProduct library(MatrixProduct::library);
  EXPECT_FALSE(uses_own_products());
  for (const WindowMap& map : kMaps) {
    EXPECT_FALSE(can_sum_windows(map));
    EXPECT_FALSE(can_spread_windows(map));
  }
}

TEST(WindowProducts, TakeNoWindowsThatVectorsWouldStraddle) {
  WindowMap map = kMaps[1];
  map.wide = 40;
  EXPECT_FALSE(can_sum_windows(map));
  EXPECT_FALSE(can_spread_windows(map));
}

}  // namespace
}  // namespace vae
