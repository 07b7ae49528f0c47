#include "data/image_tensor.h"

#include <gtest/gtest.h>

#include "data/observation.h"
#include "support/tensors.h"

namespace vae {
namespace {

/// x [N, C, H, W] whose bytes count up in the order of an Image: rows, columns, channels.
Tensor counting_pictures(int64_t count, int64_t channels, int64_t height, int64_t width,
                         torch::ScalarType type) {
  const Tensor bytes = torch::arange(count * channels * height * width, torch::kLong).remainder(256);
  return bytes.view({count, height, width, channels}).permute({0, 3, 1, 2}).to(type) / 255;
}

TEST(ToImages, GivesEachPixelItsPlace) {
  for (const int64_t channels : {1, 3}) {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      const Tensor x = counting_pictures(2, channels, 3, 4, type);
      for (const Tensor& layout : {x, x.contiguous(), x.contiguous(torch::MemoryFormat::ChannelsLast)}) {
        const std::vector<Image> images = to_images(layout);
        ASSERT_EQ(images.size(), 2u);
        uint8_t expected = 0;
        for (const Image& image : images) {
          EXPECT_EQ(image.width, 4);
          EXPECT_EQ(image.height, 3);
          EXPECT_EQ(image.channels, channels);
          ASSERT_EQ(image.pixels.size(), static_cast<size_t>(12 * channels));
          for (const uint8_t pixel : image.pixels) EXPECT_EQ(pixel, expected++);
        }
      }
    }
  }
}

TEST(ToImages, GivesBackEveryByteOfAPlainObservation) {
  const Tensor bytes = torch::arange(256, torch::kByte).view({1, 1, 16, 16});
  Random random(1, "unused");
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    const Image image = to_images(observe(PlainObservation{}, bytes, type, random)).at(0);
    for (size_t k = 0; k < 256; ++k) EXPECT_EQ(image.pixels[k], k);
  }
}

TEST(ToImages, RoundsToTheNearestByte) {
  const Tensor x = torch::tensor({0.0, 0.49, 0.51, 100.4, 100.6, 254.49, 254.51, 255.0}) / 255;
  EXPECT_EQ(to_images(x.view({1, 1, 2, 4})).at(0).pixels,
            (std::vector<uint8_t>{0, 0, 1, 100, 101, 254, 255, 255}));
}

TEST(ToImages, OfNoPicturesIsEmpty) { EXPECT_TRUE(to_images(torch::zeros({0, 1, 2, 2})).empty()); }

TEST(ToImages, DoesNotChangeItsArgument) {
  const Tensor x = torch::full({1, 1, 2, 2}, 0.3);
  to_images(x);
  EXPECT_TRUE(torch::equal(x, torch::full({1, 1, 2, 2}, 0.3)));
}

}  // namespace
}  // namespace vae
