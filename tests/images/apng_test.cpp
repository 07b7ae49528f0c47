#include "images/apng.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "images/decode.h"
#include "support/pictures.h"
#include "support/throws.h"

namespace vae {
namespace {

/// The names of a PNG file's chunks, in their order.
std::vector<std::string> chunks(const std::vector<std::byte>& file) {
  std::vector<std::string> names;
  const auto byte = [&](size_t place) { return std::to_integer<size_t>(file[place]); };
  for (size_t at = 8; at < file.size();) {
    names.emplace_back(reinterpret_cast<const char*>(file.data()) + at + 4, 4);
    at += 12 + (byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3));
  }
  return names;
}

// That programs show every frame is seen by the tests of the whole program, in Pillow.
TEST(EncodeApng, IsAPngOfItsFirstFrameForProgramsThatKnowNoOther) {
  for (const int64_t channels : {1, 3}) {
    const std::vector<Image> frames = {test::noise(9, 5, channels), test::noise(9, 5, channels)};
    EXPECT_EQ(decode(encode_apng(frames, 10), "x", {.channels = channels}), frames.front());
  }
}

TEST(EncodeApng, HasAControlChunkBeforeEachFrame) {
  const std::vector<Image> frames(3, test::noise(4, 4, 1));
  EXPECT_EQ(chunks(encode_apng(frames, 10)), (std::vector<std::string>{"IHDR", "acTL", "fcTL", "IDAT", "fcTL",
                                                                       "fdAT", "fcTL", "fdAT", "IEND"}));
}

TEST(EncodeApng, RefusesFramesOfTwoShapes) {
  const std::vector<Image> frames = {test::noise(4, 4, 1), test::noise(5, 4, 1)};
  EXPECT_TRUE(test::throws<UsageError>([&] { encode_apng(frames, 10); }, {"5 x 4 x 1 follows 4 x 4 x 1"}));
  EXPECT_TRUE(test::throws<UsageError>([&] { encode_apng({}, 10); }, {"0 frames"}));
}

}  // namespace
}  // namespace vae
