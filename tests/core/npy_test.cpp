#include "core/npy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "core/noise.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

using namespace std::string_literals;

class Npy : public testing::Test {
 protected:
  Tensor read(const std::string& content) {
    write_file_atomically(file_, content);
    return read_npy(file_);
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "array.npy";
};

std::string file_with(const std::string& header, const std::string& data) {
  return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size()) + '\0' + header + data;
}

TEST_F(Npy, GivesBackWhatWasWritten) {
  for (const torch::ScalarType type :
       {torch::kHalf, torch::kFloat, torch::kDouble, torch::kUInt8, torch::kInt, torch::kLong}) {
    for (const std::vector<int64_t>& shape :
         {std::vector<int64_t>{}, {0}, {7}, {3, 4}, {2, 0, 5}, {2, 3, 4}}) {
      Random random(1, "array");
      const Tensor array = uniform(random, shape, torch::kDouble).mul(100).to(type);
      write_npy(file_, array);
      const Tensor again = read_npy(file_);
      EXPECT_EQ(again.scalar_type(), type);
      EXPECT_EQ(again.sizes(), array.sizes());
      EXPECT_TRUE(torch::equal(again, array));
    }
  }
}

TEST_F(Npy, ElementsBeginAtAMultipleOf64) {
  write_npy(file_, torch::zeros({1000, 3}));
  EXPECT_EQ((std::filesystem::file_size(file_) - 4 * 3000) % 64, 0);
}

TEST_F(Npy, WritesTheElementsInTheirOrderWhateverTheStrides) {
  const Tensor array = torch::arange(6).view({2, 3}).t();
  write_npy(file_, array);
  EXPECT_TRUE(torch::equal(read_npy(file_), array));
}

TEST_F(Npy, ReadsFortransOrder) {
  const Tensor array =
      read(file_with("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", "\1\2\3\4\5\6"));
  EXPECT_TRUE(torch::equal(array, torch::tensor({{1, 3, 5}, {2, 4, 6}}, torch::kUInt8)));
}

TEST_F(Npy, RefusesWhatIsNoPlainArray) {
  const std::string good = file_with("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", "abc");
  EXPECT_EQ(read(good).size(0), 3);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(test::throws<DataError>([&] { read(good.substr(0, size)); }, {"array.npy"}));
  }
  EXPECT_TRUE(test::throws<DataError>([&] { read(good + "d"); }, {"4 bytes of elements"}));
  EXPECT_TRUE(test::throws<DataError>([&] { read("\xff\xd8 a picture, not an array"); }, {"no NumPy array"}));
  EXPECT_TRUE(test::throws<DataError>(
      [&] { read(file_with("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }\n", "abc")); },
      {"'|O'"}));
  EXPECT_TRUE(test::throws<DataError>(
      [&] { read(file_with("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd")); },
      {"'>f4'"}));
  EXPECT_TRUE(test::throws<DataError>(
      [&] {
        read(file_with("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", "abcd"));
      },
      {"plain array"}));
}

TEST_F(Npy, RefusesShapesThatNoMemoryHolds) {
  for (const char* shape : {"4294967296, 4294967296", "99999999999999999999", "1152921504606846976, 16"}) {
    EXPECT_TRUE(test::throws<DataError>(
        [&] {
          read(file_with(fmt::format("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}), }}\n", shape),
                         ""));
        },
        {"array.npy"}));
  }
}

TEST_F(Npy, NamesAFileThatIsNotThere) {
  EXPECT_TRUE(test::throws<IoError>([&] { read_npy(file_); }, {"array.npy"}));
}

}  // namespace
}  // namespace vae
