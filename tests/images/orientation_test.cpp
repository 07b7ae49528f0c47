#include "images/orientation.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/pictures.h"

namespace vae {
namespace {

/// An APP1 marker with a maker's tag before the orientation, in either byte order.
class ExifFixture {
 public:
  ExifFixture(bool big_endian, uint32_t orientation) : big_endian_(big_endian) {
    for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) put(static_cast<uint32_t>(c), 1);
    put(static_cast<uint32_t>(big_endian ? 'M' : 'I'), 1);
    put(static_cast<uint32_t>(big_endian ? 'M' : 'I'), 1);
    put(42, 2);
    put(10, 4);  // where the directory begins, counted from the byte order
    put(0, 2);
    put(2, 2);  // entries
    entry(0x010F, 2, 4, 0x41424300);
    entry(0x0112, 3, 1, big_endian ? orientation << 16U : orientation);
    put(0, 4);
  }

  std::vector<std::byte> bytes() const { return bytes_; }

 private:
  void entry(uint32_t tag, uint32_t type, uint32_t count, uint32_t value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    put(value, 4);
  }

  void put(uint32_t value, uint32_t size) {
    for (uint32_t i = 0; i < size; ++i) {
      bytes_.push_back(static_cast<std::byte>(value >> 8U * (big_endian_ ? size - 1 - i : i)));
    }
  }

  bool big_endian_;
  std::vector<std::byte> bytes_;
};

constexpr size_t kTypeOfOrientation = 6 + 10 + 2 + 12 + 2;

class Orientation : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(OneToEight, Orientation, testing::Range(1, 9));

TEST_P(Orientation, IsReadInBothByteOrders) {
  for (const bool big_endian : {false, true}) {
    EXPECT_EQ(exif_orientation(ExifFixture(big_endian, static_cast<uint32_t>(GetParam())).bytes()),
              GetParam());
  }
}

TEST_P(Orientation, PutsStoredRowAndColumnWhereTheStandardSays) {
  // Where the stored pixels (0, 0) and (width - 1, 0) are seen, from the table in EXIF 2.32.
  enum Corner { top_left, top_right, bottom_left, bottom_right };
  constexpr std::array<std::array<Corner, 2>, 8> kSeen = {{{top_left, top_right},
                                                           {top_right, top_left},
                                                           {bottom_right, bottom_left},
                                                           {bottom_left, bottom_right},
                                                           {top_left, bottom_left},
                                                           {top_right, bottom_right},
                                                           {bottom_right, top_right},
                                                           {bottom_left, top_left}}};
  const Image stored{3, 2, 1, {1, 2, 3, 4, 5, 6}};
  const Image seen = turn_upright(stored, GetParam());
  ASSERT_EQ(seen.width, GetParam() >= 5 ? 2 : 3);
  ASSERT_EQ(seen.height, GetParam() >= 5 ? 3 : 2);
  const auto at = [&](Corner corner) {
    const bool right = corner == top_right || corner == bottom_right;
    const bool bottom = corner == bottom_left || corner == bottom_right;
    return test::pixel(seen, right ? seen.width - 1 : 0, bottom ? seen.height - 1 : 0);
  };
  const auto& corners = kSeen[static_cast<size_t>(GetParam() - 1)];
  EXPECT_EQ(at(corners[0]), 1);
  EXPECT_EQ(at(corners[1]), 3);
}

TEST_P(Orientation, KeepsTheChannelsOfAPixelTogether) {
  const Image grey = test::noise(5, 4, 1);
  Image color{5, 4, 3, {}};
  for (const uint8_t value : grey.pixels) color.pixels.insert(color.pixels.end(), {value, 7, 9});
  const Image turned_grey = turn_upright(grey, GetParam());
  const Image turned = turn_upright(color, GetParam());
  for (size_t i = 0; i < turned_grey.pixels.size(); ++i) {
    EXPECT_EQ(turned.pixels[3 * i], turned_grey.pixels[i]);
    EXPECT_EQ(turned.pixels[3 * i + 1], 7);
    EXPECT_EQ(turned.pixels[3 * i + 2], 9);
  }
}

TEST(ExifOrientation, IsUprightWhereTheValueIsOutOfRange) {
  EXPECT_EQ(exif_orientation(ExifFixture(true, 0).bytes()), 1);
  EXPECT_EQ(exif_orientation(ExifFixture(false, 9).bytes()), 1);
}

TEST(ExifOrientation, IsUprightWhereTheTypeIsNotShort) {
  std::vector<std::byte> bytes = ExifFixture(false, 6).bytes();
  bytes[kTypeOfOrientation] = std::byte{4};
  EXPECT_EQ(exif_orientation(bytes), 1);
}

TEST(ExifOrientation, IsUprightWhereTheMarkerIsSomethingElse) {
  std::vector<std::byte> bytes = ExifFixture(false, 6).bytes();
  bytes[0] = std::byte{'h'};
  EXPECT_EQ(exif_orientation(bytes), 1);
}

TEST(ExifOrientation, StaysInsideATruncatedMarker) {
  const std::vector<std::byte> bytes = ExifFixture(true, 6).bytes();
  const size_t needed = kTypeOfOrientation + 2 + 4 + 2;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::byte> prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(exif_orientation(prefix), size < needed ? 1 : 6) << size;
  }
}

TEST(ExifOrientation, StaysInsideWhereTheDirectoryLiesFarAway) {
  std::vector<std::byte> bytes = ExifFixture(false, 6).bytes();
  for (size_t i = 10; i < 14; ++i) bytes[i] = std::byte{0xFF};
  EXPECT_EQ(exif_orientation(bytes), 1);
}

}  // namespace
}  // namespace vae
