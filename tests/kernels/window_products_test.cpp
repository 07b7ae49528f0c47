// The products between pictures and those of half their sides: kernels/window_sum.h, window_spread.h and
// winograd.h. That they come to the right numbers, strided_convolution_test.cpp holds.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "kernels/own_products.h"
#include "kernels/window_spread.h"
#include "kernels/window_sum.h"
#include "kernels/winograd.h"
#include "support/chosen_product.h"
#include "support/fused.h"

namespace vae {
namespace {

// Colour, which is summed by stretches, and vectors, few and many; even sides and odd.
constexpr std::array kMaps = {
    WindowMap{.count = 9, .height = 12, .width = 10, .wide = 3, .rows = 6, .columns = 5, .narrow = 11},
    WindowMap{.count = 7, .height = 9, .width = 15, .wide = 48, .rows = 4, .columns = 7, .narrow = 24},
    WindowMap{.count = 5, .height = 8, .width = 8, .wide = 64, .rows = 4, .columns = 4, .narrow = 104}};

// Several pictures at a time, and parts of one; even sides and odd, of small pictures too.
constexpr std::array kTiled = {
    WindowMap{.count = 9, .height = 16, .width = 16, .wide = 32, .rows = 8, .columns = 8, .narrow = 48},
    WindowMap{.count = 7, .height = 19, .width = 25, .wide = 64, .rows = 9, .columns = 12, .narrow = 32},
    WindowMap{.count = 1, .height = 64, .width = 131, .wide = 32, .rows = 32, .columns = 65, .narrow = 64}};

using Finish = std::function<void(float*, int64_t)>;

template <class SumWindows>
Tensor sum(const WindowMap& map, SumWindows sum_windows) {
  const Tensor large = test::draws({map.count, map.height, map.width, map.wide}, 1);
  const Tensor small = test::draws({map.count, map.rows, map.columns, map.narrow}, 2);
  Tensor result = torch::full({map.narrow, 16 * map.wide}, 7.0F);
  sum_windows(map, large.const_data_ptr<float>(), small.const_data_ptr<float>(), result.data_ptr<float>());
  return result;
}

template <class SpreadWindows>
Tensor spread(const WindowMap& map, SpreadWindows spread_windows, const Finish& finish) {
  const Tensor small = test::draws({map.count, map.rows, map.columns, map.narrow}, 2);
  const Tensor weight = test::draws({map.narrow, 16 * map.wide}, 3);
  Tensor result = torch::full({map.count, map.height, map.width, map.wide}, 7.0F);
  spread_windows(map, small.const_data_ptr<float>(), weight.const_data_ptr<float>(), finish,
                 result.data_ptr<float>());
  return result;
}

Tensor read(const WindowMap& map, const Finish& finish) {
  const Tensor large = test::draws({map.count, map.height, map.width, map.wide}, 1);
  const Tensor weight = test::draws({map.narrow, 16 * map.wide}, 3);
  Tensor result = torch::full({map.count, map.rows, map.columns, map.narrow}, 7.0F);
  winograd::read_windows(map, large.const_data_ptr<float>(), weight.const_data_ptr<float>(), finish,
                         result.data_ptr<float>());
  return result;
}

/// For computations that finish their pixels with what they are given.
template <class Compute>
void expect_each_pixel_finished_once(int64_t channels, const Compute& compute) {
  const Tensor finished = compute([&](float* pixels, int64_t count) {
    for (int64_t i = 0; i < count * channels; ++i) pixels[i] += 100;
  });
  EXPECT_TRUE(torch::equal(finished, compute({}) + 100));
}

template <class Compute>
void expect_same_bits_on_any_number_of_threads(const Compute& compute) {
  const Tensor one = test::on_threads(1, compute);
  for (const int threads : {3, 40})
    EXPECT_TRUE(torch::equal(test::on_threads(threads, compute), one)) << threads;
}

TEST(WindowProducts, AreTheSameOnAnyNumberOfThreads) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  for (const WindowMap& map : kMaps) {
    ASSERT_TRUE(can_sum_windows(map));
    expect_same_bits_on_any_number_of_threads([&] { return sum(map, sum_windows); });
    if (can_spread_windows(map)) {
      expect_same_bits_on_any_number_of_threads([&] { return spread(map, spread_windows, {}); });
    }
  }
}

TEST(WindowProducts, FinishEachPixelOnce) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  const WindowMap& map = kMaps[1];
  expect_each_pixel_finished_once(map.wide,
                                  [&](const Finish& finish) { return spread(map, spread_windows, finish); });
}

TEST(Winograd, ComesToTheSameBitsOnAnyNumberOfThreads) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  for (const WindowMap& map : kTiled) {
    ASSERT_TRUE(winograd::pays(map));
    expect_same_bits_on_any_number_of_threads([&] { return read(map, {}); });
    expect_same_bits_on_any_number_of_threads([&] { return spread(map, winograd::spread_windows, {}); });
    expect_same_bits_on_any_number_of_threads([&] { return sum(map, winograd::sum_windows); });
  }
}

TEST(Winograd, FinishesEachPixelOnce) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  for (const WindowMap& map : kTiled) {
    expect_each_pixel_finished_once(map.narrow, [&](const Finish& finish) { return read(map, finish); });
    expect_each_pixel_finished_once(
        map.wide, [&](const Finish& finish) { return spread(map, winograd::spread_windows, finish); });
  }
}

TEST(Winograd, LeavesToOthersWhereTilesDoNotPay) {
  SKIP_WITHOUT_OWN_PRODUCTS();
  const auto pays_with = [](auto change) {
    WindowMap map = kTiled[0];
    change(map);
    return winograd::pays(map);
  };
  EXPECT_TRUE(pays_with([](WindowMap&) {}));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.wide = 3; }));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.wide = 16; }));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.narrow = 40; }));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.wide = 2048; }));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.count = 1; }));
  EXPECT_FALSE(pays_with([](WindowMap& map) { map.width = 2000, map.columns = 1000; }));
  EXPECT_FALSE(pays_with(
      [](WindowMap& map) { map.count = 900, map.height = map.width = 4, map.rows = map.columns = 2; }));
}

TEST(WindowProducts, LeaveToTheLibraryWhatIsToBeIts) {
  const test::ChosenProduct library(MatrixProduct::library);
  EXPECT_FALSE(uses_own_products());
  for (const WindowMap& map : kMaps) {
    EXPECT_FALSE(can_sum_windows(map));
    EXPECT_FALSE(can_spread_windows(map));
  }
  for (const WindowMap& map : kTiled) EXPECT_FALSE(winograd::pays(map));
}

TEST(WindowProducts, TakeNoWindowsThatVectorsWouldStraddle) {
  WindowMap map = kMaps[1];
  map.wide = 40;
  EXPECT_FALSE(can_sum_windows(map));
  EXPECT_FALSE(can_spread_windows(map));
}

}  // namespace
}  // namespace vae
