#include "core/noise_element.h"

#include <gtest/gtest.h>

#include <array>

#include "core/noise.h"
#include "core/philox.h"
#include "support/tensors.h"

namespace vae {
namespace {

// The kernels of a card differ from these loops in nothing but who runs which element.
template <class Element>
Tensor draw(const NoiseLayout& layout, const Element& element) {
  Tensor result = torch::empty({layout.count()}, torch::kFloat);
  for (int64_t e = 0; e < layout.count(); ++e) {
    result.data_ptr<float>()[e] = element(static_cast<uint64_t>(layout.place(e)));
  }
  return result;
}

Tensor uniform_by_elements(const Random& random, const NoiseLayout& layout) {
  return draw(layout, [&](uint64_t place) {
    return uniform_of(word_at(random.key(), random.index(), random.position() + place));
  });
}

Tensor normal_by_elements(const Random& random, const NoiseLayout& layout) {
  return draw(layout, [&](uint64_t place) {
    const uint64_t position = random.position() + 2 * place;
    return normal_of(word_at(random.key(), random.index(), position),
                     word_at(random.key(), random.index(), position + 1));
  });
}

TEST(NoiseElement, IsMadeOfTheWordsOfPhilox) {
  const uint64_t key = 0x0123456789ABCDEF, upper = 0xFEDCBA9876543210, lower = 0xFFFFFFFFFFULL;
  std::array<uint32_t, kPhiloxWords> expected;
  philox4x32(key, upper, lower, expected);
  for (uint64_t i = 0; i < kPhiloxWords; ++i) {
    EXPECT_EQ(philox_block(key, upper, lower).words[i], expected[i]);
    EXPECT_EQ(word_at(key, upper, kPhiloxWords * lower + i), expected[i]);
  }
}

TEST(NoiseElement, IsTheNoiseOfTheProcessor) {
  for (const uint64_t skipped : {0U, 1U, 6U, 4099U}) {
    Random random(3, "noise", 7);
    random.skip(skipped);
    const NoiseLayout all{.elements = 5000};
    Random drawn = random;
    EXPECT_TRUE(torch::equal(uniform_by_elements(random, all), uniform(drawn, {5000}, torch::kFloat)));
    drawn = random;
    // The processor's logarithm and cosine are good to a few units in the last place, of at most 6.8.
    EXPECT_LT(test::distance(normal_by_elements(random, all), normal(drawn, {5000}, torch::kFloat)), 5e-6);
  }
}

TEST(NoiseElement, OfAPartOfABatchIsThatOfTheProcessor) {
  const OtherRows others{.before = 3, .behind = 2};
  const Random random = Random(3, "noise", 7).between(others);
  const NoiseLayout layout{.blocks = 5, .elements = 4 * 6, .before = 3 * 6, .behind = 2 * 6};
  Random drawn = random;
  const Tensor expected = uniform_for_rows(drawn, {5, 4, 6}, /*rows=*/1, torch::kFloat);
  EXPECT_TRUE(torch::equal(uniform_by_elements(random, layout).view({5, 4, 6}), expected));
  EXPECT_EQ(drawn.position(), static_cast<uint64_t>(layout.whole()) * kWordsPerUniform);
}

}  // namespace
}  // namespace vae
