#include "training/safetensors.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "support/temporary_folder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTypes = {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong,
                               at::kInt,    at::kShort, at::kChar, at::kByte,     at::kBool};

class SafetensorsFile : public ::testing::Test {
 protected:
  const fs::path& path() const { return path_; }

  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void set_bytes(std::string_view bytes) const {
    std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  void set_file(std::string_view header, std::string_view data) const {
    const uint64_t length = header.size();
    set_bytes(
        std::string(reinterpret_cast<const char*>(&length), sizeof(length)).append(header).append(data));
  }

  std::string bytes_written(const Safetensors& content) const {
    write_safetensors(path_, content);
    return bytes();
  }

  Safetensors round_trip(const Safetensors& content) const {
    write_safetensors(path_, content);
    return read_safetensors(path_);
  }

  /// The message with which the file is refused.
  std::string refusal() const {
    try {
      read_safetensors(path_);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "accepted";
  }

 private:
  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "checkpoint.safetensors";
};

bool is_same(const Tensor& left, const Tensor& right) {
  return left.scalar_type() == right.scalar_type() && left.equal(right);
}

Safetensors small_content() {
  return {
      {{"weight", at::arange(3, at::kFloat)}, {"mask", at::ones({2}, at::kBool)}, {"none", at::empty({0})}},
      {{"config", "{\"a\": \"\x1f\"}"}, {"step", "7"}}};
}

TEST_F(SafetensorsFile, KeepsTensorsOfEveryTypeAndShape) {
  Safetensors content;
  for (const at::ScalarType type : kTypes) {
    const std::string name = toString(type);
    content.tensors[name + ".empty"] = at::empty({0}, type);
    content.tensors[name + ".empty_rows"] = at::empty({3, 0, 2}, type);
    content.tensors[name + ".scalar"] = at::ones({}, type);
    content.tensors[name + ".cube"] = at::arange(-12, 12).reshape({2, 3, 4}).to(type);
  }
  const Safetensors read = round_trip(content);
  ASSERT_EQ(read.tensors.size(), content.tensors.size());
  for (const auto& [name, tensor] : content.tensors)
    EXPECT_TRUE(is_same(read.tensors.at(name), tensor)) << name;
}

TEST_F(SafetensorsFile, KeepsEveryBitOfAFloat) {
  const Tensor bits =
      at::tensor({0x7fc00001, 0x00000001, INT32_MIN, 0x7f800000}, at::kInt);  // NaN, tiny, -0, inf
  const Safetensors read = round_trip({{{"x", bits.view(at::kFloat)}}, {}});
  EXPECT_TRUE(read.tensors.at("x").view(at::kInt).equal(bits));
}

TEST_F(SafetensorsFile, KeepsMetadata) {
  const Safetensors content{{},
                            {{"", ""},
                             {"classes", "[\"\u732b\", \"caf\u00e9\"]"},
                             {"a\"b", "line\nline\\\t"},
                             {"zero", {'\0', 1}}}};
  EXPECT_EQ(round_trip(content).metadata, content.metadata);
}

TEST_F(SafetensorsFile, KeepsNothing) {
  const Safetensors read = round_trip({});
  EXPECT_TRUE(read.tensors.empty());
  EXPECT_TRUE(read.metadata.empty());
}

TEST_F(SafetensorsFile, HoldsTheValuesOfViewsAndParameters) {
  const Tensor base = at::arange(24, at::kFloat).reshape({2, 3, 4});
  const Tensor pictures =
      at::arange(48, at::kFloat).reshape({2, 3, 2, 4}).contiguous(at::MemoryFormat::ChannelsLast);
  const Safetensors content{{{"transposed", base.transpose(0, 2)},
                             {"strided", base.slice(2, 1, 4, 2)},
                             {"expanded", at::ones({1}).expand({5})},
                             {"channels_last", pictures},
                             {"parameter", base.clone().requires_grad_()}},
                            {}};
  const Safetensors read = round_trip(content);
  for (const auto& [name, tensor] : content.tensors) {
    EXPECT_TRUE(is_same(read.tensors.at(name), tensor)) << name;
    EXPECT_TRUE(read.tensors.at(name).is_contiguous()) << name;
    EXPECT_FALSE(read.tensors.at(name).requires_grad()) << name;
  }
}

TEST_F(SafetensorsFile, IsReadIntoAlignedMemory) {
  // Odd sizes: in the file no tensor but the first lies at a multiple of 64 bytes.
  const Safetensors read =
      round_trip({{{"a", at::ones({3})}, {"b", at::ones({5})}, {"c", at::ones({1}, at::kByte)}}, {}});
  for (const auto& [name, tensor] : read.tensors) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.const_data_ptr()) % 64, 0) << name;
  }
}

TEST_F(SafetensorsFile, HasTheLayoutOfTheFormat) {
  const std::string bytes = bytes_written({{{"b", at::ones({2, 1}, at::kByte)},
                                            {"a", at::zeros({1}, at::kByte)},
                                            {"z", at::ones({}, at::kFloat)}},
                                           {{"k", "v"}}});
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  const std::string header = bytes.substr(8, length);
  const size_t digest = header.find("xxh3-128:") + 9;
  EXPECT_EQ(std::string(header).replace(digest, 32, "H"),
            R"({"__metadata__":{"digest":"xxh3-128:H","k":"v"},)"
            R"("z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
            R"("a":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},)"
            R"("b":{"dtype":"U8","shape":[2,1],"data_offsets":[5,7]}})" +
                header.substr(header.find_last_not_of(' ') + 1));
  EXPECT_EQ(header.size() % 8, 0);
  EXPECT_EQ(bytes.substr(8 + length), std::string("\0\0\x80\x3f\0\1\1", 7));
}

TEST_F(SafetensorsFile, HasTheDigestOfItsBytesWithTheDigitsZero) {
  std::string bytes = bytes_written(small_content());
  const size_t digits = bytes.find("xxh3-128:") + 9;
  const std::string digest = bytes.substr(digits, 32);
  bytes.replace(digits, 32, std::string(32, '0'));
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  EXPECT_EQ(digest, fmt::format("{:016x}{:016x}", hash.high64, hash.low64));
}

TEST_F(SafetensorsFile, IsEqualForEqualContent) {
  Safetensors other = small_content();
  other.tensors["weight"] = at::arange(6, at::kFloat).view({2, 3}).slice(0, 0, 1).squeeze(0).clone();
  EXPECT_EQ(bytes_written(small_content()), bytes_written(other));
}

TEST_F(SafetensorsFile, IsReadWithoutADigestInAnyOrder) {
  set_file(R"({"b":{"shape":[2],"data_offsets":[0,2],"dtype":"U8"}, "none":{"dtype":"I64","shape":[0],)"
           R"("data_offsets":[2,2]},"a":{"dtype":"I16","shape":[1,1],"data_offsets":[2,4]}}  )",
           "\x01\x02\x03\x04");
  const Safetensors read = read_safetensors(path());
  EXPECT_TRUE(is_same(read.tensors.at("b"), at::tensor({1, 2}, at::kByte)));
  EXPECT_TRUE(is_same(read.tensors.at("a"), at::full({1, 1}, 0x0403, at::kShort)));
  EXPECT_TRUE(is_same(read.tensors.at("none"), at::empty({0}, at::kLong)));
}

TEST_F(SafetensorsFile, IsRefusedWhereverItIsCut) {
  const std::string whole = bytes_written(small_content());
  for (size_t size = 0; size < whole.size(); ++size) {
    set_bytes(whole.substr(0, size));
    EXPECT_THROW(read_safetensors(path()), CheckpointError) << size;
  }
}

TEST_F(SafetensorsFile, IsRefusedWithBytesAfterItsEnd) {
  set_bytes(bytes_written(small_content()) + ' ');
  EXPECT_THROW(read_safetensors(path()), CheckpointError);
}

TEST_F(SafetensorsFile, IsRefusedWhicheverByteChanges) {
  const std::string whole = bytes_written(small_content());
  for (const int pattern : {0x01, 0x20, 0xff}) {
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ pattern);
      set_bytes(damaged);
      EXPECT_THROW(read_safetensors(path()), CheckpointError) << "byte " << i << " ^ " << pattern;
    }
  }
}

TEST_F(SafetensorsFile, IsRefusedWithTheDigestOfAnother) {
  const std::string other = bytes_written({{{"x", at::ones({1})}}, {}});
  std::string bytes = bytes_written({{{"x", at::zeros({1})}}, {}});
  const size_t digits = bytes.find("xxh3-128:") + 9;
  set_bytes(bytes.replace(digits, 32, other, digits, 32));
  EXPECT_THROW(read_safetensors(path()), CheckpointError);
}

struct HostileFile {
  std::string header;
  size_t data_size;
  std::string complaint;
};

std::string tensor(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return fmt::format(R"({{"dtype":"{}","shape":{},"data_offsets":{}}})", dtype, shape, offsets);
}

std::string one(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return R"({"x":)" + tensor(dtype, shape, offsets) + "}";
}

std::string two(std::string_view first_offsets, std::string_view second_offsets) {
  return R"({"x":)" + tensor("U8", "[4]", first_offsets) + R"(,"y":)" + tensor("U8", "[4]", second_offsets) +
         "}";
}

std::vector<HostileFile> hostile_files() {
  const std::string valid = one("U8", "[4]", "[0,4]");
  std::string hidden_zero = valid;
  hidden_zero.insert(1, 1, '\0');
  return {
      {"", 0, "start"},
      {"[]", 0, "start"},
      {" {}", 0, "start"},
      {"\xef\xbb\xbf{}", 0, "start"},
      {"{}{}", 0, "not JSON"},
      {"{} //", 0, "not JSON"},
      {"{\"x\xff\":1}", 0, "not JSON"},
      {std::string("{}\0}", 4), 0, "zero"},
      {hidden_zero, 4, "zero"},
      {R"({"x":)" + std::string(1 << 20, '['), 0, "nested"},
      {R"({"x":{"dtype":"U8","shape":[[4]],"data_offsets":[0,4]}})", 4, "nested"},
      {R"({"x":)" + tensor("U8", "[4]", "[0,4]") + R"(,"x":)" + tensor("U8", "[4]", "[0,4]") + "}", 4,
       "twice"},
      {R"({"x":)" + tensor("U8", "[4]", "[0,4]") + R"(,"\u0078":)" + tensor("U8", "[4]", "[0,4]") + "}", 4,
       "twice"},
      {R"({"x":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}})", 4, "twice"},
      {R"({"__metadata__":{"k":"v","k":"v"}})", 0, "twice"},
      {R"({"__metadata__":{},"__metadata__":{}})", 0, "twice"},
      {R"({"__metadata__":[]})", 0, "metadata"},
      {R"({"__metadata__":{"step":7}})", 0, "metadata"},
      {R"({"__metadata__":{"digest":""}})", 0, "digest"},
      {R"({"__metadata__":{"format":"pt","digest":"xxh3-128:00000000000000000000000000000000"}})", 0,
       "digest"},
      {R"({"x":1})", 0, "described"},
      {R"({"x":[]})", 0, "described"},
      {R"({"x":{"dtype":"U8","shape":[4]}})", 4, "described"},
      {R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"more":1}})", 4, "described"},
      {R"({"x":{"dtype":"U8","shape":[4],"offsets":[0,4]}})", 4, "described"},
      {one("u8", "[4]", "[0,4]"), 4, "dtype"},
      {one("F8_E4M3", "[4]", "[0,4]"), 4, "dtype"},
      {R"({"x":{"dtype":1,"shape":[4],"data_offsets":[0,4]}})", 4, "dtype"},
      {one("U8", "4", "[0,4]"), 4, "shape"},
      {one("U8", "[-4]", "[0,4]"), 4, "shape"},
      {one("U8", "[-0]", "[0,0]"), 0, "shape"},
      {one("U8", "[4.0]", "[0,4]"), 4, "shape"},
      {one("U8", "[true]", "[0,1]"), 1, "shape"},
      {one("U8", "[9223372036854775808]", "[0,4]"), 4, "shape"},
      {one("U8", "[99999999999999999999]", "[0,4]"), 4, "shape"},
      {one("U8", "[1e400]", "[0,4]"), 4, "floating-point"},
      {one("F32", "[4611686018427387905]", "[0,4]"), 4, "2^63"},  // 4 (2^62 + 1) = 4 modulo 2^64
      {one("U8", "[4294967296,4294967296,0]", "[0,0]"), 0, "2^63"},
      {one("U8", "[0,4294967296,4294967296]", "[0,0]"), 0, "2^63"},
      {one("U8", fmt::format("[{}]", fmt::join(std::vector<int>(65, 1), ",")), "[0,1]"), 1, "dimensions"},
      {one("U8", "[4]", "[0,4,4]"), 4, "data_offsets"},
      {one("U8", "[4]", "[0]"), 4, "data_offsets"},
      {one("U8", "[4]", "{}"), 4, "data_offsets"},
      {one("U8", "[4]", "[0.0,4.0]"), 4, "data_offsets"},
      {one("U8", "[4]", "[0,4e0]"), 4, "data_offsets"},
      {one("U8", "[4]", "[-4,0]"), 4, "data_offsets"},
      {one("U8", "[4]", "[4,0]"), 4, "data_offsets"},
      {one("U8", "[4]", "[0,5]"), 5, "data_offsets"},
      {one("F32", "[4]", "[0,4]"), 4, "data_offsets"},
      {one("U8", "[4]", "[9223372036854775803,9223372036854775807]"), 4, "begins at"},
      {two("[0,4]", "[0,4]"), 4, "begins at"},
      {two("[0,4]", "[2,6]"), 6, "begins at"},
      {two("[0,4]", "[5,9]"), 9, "begins at"},
      {two("[1,5]", "[5,9]"), 9, "begins at"},
      {valid, 3, "the data has 3"},
      {valid, 5, "the data has 5"},
      {"{}", 1, "the data has 1"},
      {one("BOOL", "[1]", "[0,1]"), 1, "BOOL"},
  };
}

TEST_F(SafetensorsFile, IsRefusedForAHostileHeader) {
  for (const HostileFile& file : hostile_files()) {
    set_file(file.header, std::string(file.data_size, '\x02'));
    const std::string message = refusal();
    EXPECT_NE(message.find(file.complaint), message.npos) << message << " for " << file.header.substr(0, 200);
    EXPECT_TRUE(message.starts_with(path().string())) << message;
    EXPECT_LT(message.size(), 500) << message;
    EXPECT_EQ(message.find('\n'), message.npos) << message;
  }
}

TEST_F(SafetensorsFile, IsRefusedForAnImpossibleHeaderLength) {
  for (const uint64_t length :
       {uint64_t{3}, uint64_t{100'000'001}, uint64_t{1} << 63, UINT64_MAX - 7, UINT64_MAX}) {
    set_bytes(std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + "{}");
    EXPECT_NE(refusal().find("header"), std::string::npos) << length;
  }
}

TEST_F(SafetensorsFile, IsAnIoErrorWhereItIsMissing) { EXPECT_THROW(read_safetensors(path()), IoError); }

TEST_F(SafetensorsFile, IsNotWrittenWithWhatTheFormatCanNotHold) {
  const Tensor x = at::ones({1});
  EXPECT_THROW(write_safetensors(path(), {{{"x", Tensor()}}, {}}), CheckpointError);
  EXPECT_THROW(write_safetensors(path(), {{{"x", at::ones({1}, at::kComplexFloat)}}, {}}), CheckpointError);
  EXPECT_THROW(write_safetensors(path(), {{{"__metadata__", x}}, {}}), CheckpointError);
  EXPECT_THROW(write_safetensors(path(), {{{"\xff", x}}, {}}), CheckpointError);
  EXPECT_THROW(write_safetensors(path(), {{}, {{"k", "\xff"}}}), CheckpointError);
  EXPECT_THROW(write_safetensors(path(), {{}, {{"digest", ""}}}), CheckpointError);
  EXPECT_FALSE(fs::exists(path()));
}

}  // namespace
}  // namespace vae
