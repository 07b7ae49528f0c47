#include "training/events.h"

#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "images/png.h"
#include "support/temporary_folder.h"
#include "training/summaries.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using std::string_literals::operator""s;

const std::string kVersion = "\x1a\x0d"s + "brain.Event:2";  // field 3, 13 bytes

template <typename Number>
Number number_at(const std::string& bytes, size_t offset) {
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof(number));
  return number;
}

uint32_t masked_crc(const std::string& bytes) {
  const uint32_t crc = crc32c(std::as_bytes(std::span(bytes)));
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

class Events : public ::testing::Test {
 protected:
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void set_bytes(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  /// The records' messages, each without its first field, the time.
  std::vector<std::string> messages() const {
    constexpr size_t kTimeField = 9;
    std::vector<std::string> messages;
    const std::string file = bytes();
    for (size_t position = 0; position < file.size();) {
      const auto length = number_at<uint64_t>(file, position);
      const std::string message = file.substr(position + 12, length);
      EXPECT_EQ(number_at<uint32_t>(file, position + 8), masked_crc(file.substr(position, 8)));
      EXPECT_EQ(number_at<uint32_t>(file, position + 12 + length), masked_crc(message));
      messages.push_back(message.substr(kTimeField));
      position += 12 + length + 4;
    }
    return messages;
  }

  void write_scalars(std::initializer_list<int64_t> steps) const {
    EventWriter writer(path_);
    for (const int64_t step : steps) writer.add("a", step, scalar_summary(0.5));
  }

  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "events.out.tfevents.1";
};

// Summary.Value { tag: "a", simple_value: 0.5 } in a Summary in an Event, by hand from event.proto.
const std::string kHalf = "\x2a\x0a\x0a\x08\x0a\x01\x61\x15\x00\x00\x00\x3f"s;

TEST(Crc32c, HasTheKnownAnswers) {
  const auto crc = [](const std::string& text) { return crc32c(std::as_bytes(std::span(text))); };
  EXPECT_EQ(crc(""), 0);
  EXPECT_EQ(crc("123456789"), 0xe3069283);            // the check value of CRC catalogues
  EXPECT_EQ(crc(std::string(32, '\0')), 0x8a9136aa);  // these two: RFC 3720, B.4
  EXPECT_EQ(crc(std::string(32, '\xff')), 0x62a8ab43);
}

TEST_F(Events, BeginWithTheVersion) {
  { EventWriter writer(path_); }
  EXPECT_EQ(messages(), std::vector{kVersion});
  // The bytes with which the files of TensorFlow begin: the length, its masked checksum, the key of the time.
  EXPECT_EQ(bytes().substr(0, 13), "\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22\x09"s);
}

TEST_F(Events, HoldTheTimeInSeconds) {
  using Seconds = std::chrono::duration<double>;
  const auto now = [] { return Seconds(std::chrono::system_clock::now().time_since_epoch()).count(); };
  const double before = now();
  { EventWriter writer(path_); }
  EXPECT_GE(number_at<double>(bytes(), 13), before);
  EXPECT_LE(number_at<double>(bytes(), 13), now());
}

TEST_F(Events, HoldScalarsAsTheWireFormatHasThem) {
  {
    EventWriter writer(path_);
    writer.add("a", 5, scalar_summary(0.5));
    writer.add("a", 300, scalar_summary(0.5));
    writer.add("a", std::numeric_limits<int64_t>::max(), scalar_summary(0.5));
  }
  const std::string last_step = "\x10\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  EXPECT_EQ(messages(),
            (std::vector{kVersion, "\x10\x05" + kHalf, "\x10\xac\x02" + kHalf, last_step + kHalf}));
}

TEST_F(Events, HoldPicturesAsPng) {
  const Image picture{3, 2, 3, std::vector<uint8_t>(18, 200)};
  {
    EventWriter writer(path_);
    writer.add("a", 1, image_summary(picture));
  }
  const std::vector<std::byte> png = encode_png(picture);
  const std::string message = messages().at(1);
  const size_t shape =
      message.find("\x08\x02\x10\x03\x18\x03\x22");  // height 2, width 3, RGB, the key of the bytes
  ASSERT_NE(shape, message.npos);
  ASSERT_GT(message.size(), png.size());
  EXPECT_EQ(std::memcmp(message.data() + message.size() - png.size(), png.data(), png.size()), 0);
}

TEST_F(Events, AreInTheFileAfterAFlush) {
  EventWriter writer(path_);
  writer.add("a", 1, scalar_summary(0.5));
  writer.flush();
  EXPECT_EQ(messages().size(), 2);
  writer.flush();
  EXPECT_EQ(messages().size(), 2);
}

TEST_F(Events, GoOnAfterThoseInTheFile) {
  write_scalars({1});
  write_scalars({2});
  EXPECT_EQ(messages(), (std::vector{kVersion, "\x10\x01" + kHalf, "\x10\x02" + kHalf}));
}

TEST_F(Events, AfterAStepAreDropped) {
  write_scalars({1, 300, 2, 301});
  drop_events_after(path_, 300);
  EXPECT_EQ(messages(),
            (std::vector{kVersion, "\x10\x01" + kHalf, "\x10\xac\x02" + kHalf, "\x10\x02" + kHalf}));
  drop_events_after(path_, 1);
  EXPECT_EQ(messages(), (std::vector{kVersion, "\x10\x01" + kHalf}));
}

TEST_F(Events, WithATornRecordLoseItAlone) {
  write_scalars({1});
  const std::string whole = bytes();
  write_scalars({2});
  const std::string longer = bytes();
  for (size_t size = whole.size(); size < longer.size(); ++size) {
    set_bytes(longer.substr(0, size));
    drop_events_after(path_, 9);
    EXPECT_EQ(bytes(), whole) << size;
  }
}

TEST_F(Events, EndBeforeADamagedRecord) {
  write_scalars({1});
  const std::string whole = bytes();
  write_scalars({2, 3});
  const std::string longer = bytes();
  const size_t damaged_end = whole.size() + (longer.size() - whole.size()) / 2;
  for (size_t i = whole.size(); i < damaged_end; ++i) {
    std::string damaged = longer;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    set_bytes(damaged);
    drop_events_after(path_, 9);
    EXPECT_EQ(bytes(), whole) << i;
  }
}

TEST_F(Events, ThatAreMissingStayMissing) {
  drop_events_after(path_, 1);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Events, ThatCanNotBeWrittenAreAnIoErrorWithTheReason) {
  EXPECT_THROW(EventWriter(folder_.path() / "missing" / "events"), IoError);
  try {
    EventWriter("/dev/full");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_STREQ(error.what(), "/dev/full: can't be written: No space left on device");
  }
}

}  // namespace
}  // namespace vae
