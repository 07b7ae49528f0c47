#include "data/idx.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <fstream>
#include <initializer_list>
#include <numeric>

#include "core/error.h"
#include "data/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes header(std::initializer_list<uint32_t> dimensions, uint8_t type = 0x08) {
  Bytes bytes = {0, 0, type, static_cast<uint8_t>(dimensions.size())};
  for (const uint32_t dimension : dimensions) {
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<uint8_t>(dimension >> shift));
  }
  return bytes;
}

Bytes idx(std::initializer_list<uint32_t> dimensions, const Bytes& values) {
  Bytes bytes = header(dimensions);
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

Bytes counting(size_t count) {
  Bytes bytes(count);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  return bytes;
}

class Idx : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(folder_.path() / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return folder_.path() / name;
  }

  std::filesystem::path write_gzip(const std::string& name, const Bytes& bytes) const {
    const std::filesystem::path path = folder_.path() / name;
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path;
  }

  testing::AssertionResult refuses(const std::filesystem::path& images,
                                   std::initializer_list<std::string_view> parts) const {
    return test::throws<DataError>([&] { IdxDataset({.images = images}); }, parts);
  }

  testing::AssertionResult refuses_labels(const std::filesystem::path& labels,
                                          std::initializer_list<std::string_view> parts) const {
    const std::filesystem::path images = write("images", idx({2, 1, 1}, {5, 6}));
    return test::throws<DataError>([&] { IdxDataset({.images = images, .labels = labels}); }, parts);
  }

  test::TemporaryFolder folder_;
};

TEST_F(Idx, ReadsGreyPicturesAndLabels) {
  const IdxDataset dataset({.images = write("images", idx({3, 2, 4}, counting(24))),
                            .labels = write("labels", idx({3}, {2, 0, 3}))});
  EXPECT_EQ(dataset.size(), 3);
  EXPECT_EQ(dataset.shape(), (PictureShape{.channels = 1, .height = 2, .width = 4}));
  EXPECT_EQ(test::pixels(dataset, 1), (Bytes{8, 9, 10, 11, 12, 13, 14, 15}));
  EXPECT_EQ(test::labels(dataset), (std::vector<int64_t>{2, 0, 3}));
  EXPECT_EQ(dataset.classes(), (std::vector<std::string>{"0", "1", "2", "3"}));
  EXPECT_EQ(dataset.name(2), "2");
}

TEST_F(Idx, ReadsColourPicturesWithoutLabels) {
  const IdxDataset dataset({.images = write("images", idx({2, 1, 2, 3}, counting(12)))});
  EXPECT_EQ(dataset.shape(), (PictureShape{.channels = 3, .height = 1, .width = 2}));
  EXPECT_EQ(test::pixels(dataset, 1), (Bytes{6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(dataset.label(0), kNoLabel);
  EXPECT_TRUE(dataset.classes().empty());
}

TEST_F(Idx, LabelsGoUpTo255) {
  const IdxDataset dataset(
      {.images = write("images", idx({1, 1, 1}, {0})), .labels = write("labels", idx({1}, {255}))});
  EXPECT_EQ(dataset.label(0), 255);
  EXPECT_EQ(dataset.classes().size(), 256u);
  EXPECT_EQ(dataset.classes().back(), "255");
}

TEST_F(Idx, GunzipsByContentWhateverTheName) {
  const IdxDataset dataset({.images = write_gzip("images", idx({3, 2, 4}, counting(24)))});
  EXPECT_EQ(test::pixels(dataset, 2), (Bytes{16, 17, 18, 19, 20, 21, 22, 23}));
  const IdxDataset plain({.images = write("plain.gz", idx({1, 1, 1}, {7}))});
  EXPECT_EQ(test::pixels(plain, 0), (Bytes{7}));
}

TEST_F(Idx, RefusesAMissingFile) { EXPECT_TRUE(refuses(folder_.path() / "none", {"none: no such file"})); }

TEST_F(Idx, SaysHowToFetchMnistWhereItsFilesAreMissing) {
  for (const char* name : {"train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"}) {
    EXPECT_TRUE(refuses(folder_.path() / name, {name, "no such file", "scripts/download_mnist"}));
  }
  EXPECT_FALSE(refuses(folder_.path() / "images", {"download_mnist"}));
}

TEST_F(Idx, RefusesAnotherFormat) {
  EXPECT_TRUE(refuses(write("zip", {'P', 'K', 3, 4, 0}), {"zip: is no IDX file", "[50 4b 03 04]"}));
  EXPECT_TRUE(refuses(write("empty", {}), {"empty: is no IDX file", "[]"}));
}

TEST_F(Idx, RefusesValuesThatAreNoBytes) {
  EXPECT_TRUE(
      refuses(write("floats", header({1, 1, 1}, 0x0D)), {"type 0x0d", "expected unsigned bytes (0x08)"}));
}

TEST_F(Idx, RefusesOtherNumbersOfDimensions) {
  EXPECT_TRUE(refuses(write("five", header({1, 1, 1, 1, 1})), {"five: has 5 dimensions"}));
  EXPECT_TRUE(refuses(write("none", header({})), {"none: has 0 dimensions"}));
  EXPECT_TRUE(
      refuses(write("two", idx({1, 1}, {0})), {"two: has 2 dimensions", "expected [count, height, width]"}));
  EXPECT_TRUE(refuses(write("labels", idx({1}, {0})), {"labels: has 1 dimension (labels?)"}));
}

TEST_F(Idx, RefusesTwoChannels) {
  EXPECT_TRUE(refuses(write("two", idx({1, 1, 1, 2}, {0, 0})), {"pictures of 2 channels, expected 1 or 3"}));
}

TEST_F(Idx, RefusesNoPictures) {
  EXPECT_TRUE(refuses(write("zero", header({0, 28, 28})), {"zero: holds no pictures (sizes 0 x 28 x 28)"}));
}

TEST_F(Idx, RefusesAHeaderThatIsCutOff) {
  EXPECT_TRUE(refuses(write("cut", {0, 0, 8, 3, 0, 0}), {"cut: ends within its header"}));
}

TEST_F(Idx, RefusesTooFewBytes) {
  EXPECT_TRUE(
      refuses(write("short", idx({2, 2, 2}, counting(7))), {"short: ", "announces 24 bytes, found 23"}));
  EXPECT_TRUE(refuses(write_gzip("short.gz", idx({2, 2, 2}, counting(7))), {"announces 24 bytes, found 23"}));
}

TEST_F(Idx, RefusesTooManyBytes) {
  EXPECT_TRUE(
      refuses(write("long", idx({2, 2, 2}, counting(9))), {"long: ", "announces 24 bytes, found 25"}));
  EXPECT_TRUE(
      refuses(write_gzip("bomb", idx({2, 2, 2}, Bytes(100'000))), {"announces 24 bytes, found more"}));
}

TEST_F(Idx, RefusesAnnouncedSizesThatTheFileCannotHoldBeforeTakingMemory) {
  const uint32_t most = UINT32_MAX;
  EXPECT_TRUE(
      refuses(write("huge", header({most, most, most})), {"impossible sizes 4294967295 x 4294967295"}));
  EXPECT_TRUE(
      refuses(write("large", header({most, 1000, 1000})), {"announces 4294967295000016 bytes, found 16"}));
  EXPECT_TRUE(refuses(write_gzip("large.gz", header({most, 1000, 1000})), {"found at most "}));
}

TEST_F(Idx, RefusesAGzipBombWithoutUnpackingIt) {
  Bytes bomb = idx({1, 1, 1}, {7});
  bomb.resize(16 << 20);
  const std::filesystem::path path = write_gzip("bomb.gz", bomb);
  // Whoever unpacked it all would find it cut off.
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_TRUE(refuses(path, {"announces 17 bytes, found more"}));
}

TEST_F(Idx, RefusesDamagedGzip) {
  const std::filesystem::path whole = write_gzip("whole.gz", idx({200, 1, 1}, counting(200)));
  const size_t size = std::filesystem::file_size(whole);
  Bytes bytes(size);
  std::ifstream(whole, std::ios::binary)
      .read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));

  const Bytes without_checksum(bytes.begin(), bytes.end() - 8);
  EXPECT_TRUE(
      refuses(write("cut.gz", without_checksum), {"gzip data are damaged", "unexpected end of file"}));
  Bytes wrong_checksum = bytes;
  wrong_checksum[size - 8] ^= 1;
  EXPECT_TRUE(
      refuses(write("flipped.gz", wrong_checksum), {"gzip data are damaged", "incorrect data check"}));
  const Bytes half(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size / 2));
  EXPECT_TRUE(refuses(write("half.gz", half), {"announces 216 bytes, found "}));
}

TEST_F(Idx, RefusesAnotherNumberOfLabelsThanPictures) {
  EXPECT_TRUE(refuses_labels(write("labels", idx({3}, {0, 1, 2})), {"holds 3 labels", "the 2 pictures"}));
}

TEST_F(Idx, RefusesPicturesGivenAsLabels) {
  EXPECT_TRUE(refuses_labels(write("labels", idx({2, 1, 1}, {0, 1})),
                             {"has 3 dimensions, expected the 1 of labels"}));
}

// Expected numbers from Python: gzip.open(path).read(), sum over the bytes after the header.
struct MnistPart {
  const char* name;
  int64_t pictures;
  uint64_t pixel_sum;
  int64_t label_sum;
  std::vector<int64_t> first_labels;
};

TEST(Mnist, IsReadAsPublished) {
  const std::filesystem::path folder = std::filesystem::path(VAE_SOURCE_DIR) / "../shared/data/mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no MNIST at " << folder;
  const std::vector<MnistPart> parts = {{"train", 60'000, 1'567'298'545, 267'236, {5, 0, 4, 1, 9}},
                                        {"t10k", 10'000, 264'923'200, 44'434, {7, 2, 1, 0, 4}}};
  for (const MnistPart& part : parts) {
    SCOPED_TRACE(part.name);
    const IdxDataset dataset({.images = folder / (std::string(part.name) + "-images-idx3-ubyte.gz"),
                              .labels = folder / (std::string(part.name) + "-labels-idx1-ubyte.gz")});
    EXPECT_EQ(dataset.size(), part.pictures);
    EXPECT_EQ(dataset.shape(), (PictureShape{.channels = 1, .height = 28, .width = 28}));
    EXPECT_EQ(dataset.classes().size(), 10u);
    uint64_t pixel_sum = 0;
    Bytes picture(784);
    for (int64_t i = 0; i < dataset.size(); ++i) {
      dataset.get(i, picture);
      pixel_sum = std::accumulate(picture.begin(), picture.end(), pixel_sum);
    }
    EXPECT_EQ(pixel_sum, part.pixel_sum);
    std::vector<int64_t> labels = test::labels(dataset);
    EXPECT_EQ(std::accumulate(labels.begin(), labels.end(), int64_t{0}), part.label_sum);
    labels.resize(5);
    EXPECT_EQ(labels, part.first_labels);
  }
}

}  // namespace
}  // namespace vae
