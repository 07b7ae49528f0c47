#include "training/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"
#include "support/temporary_folder.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

class Metrics : public ::testing::Test {
 protected:
  std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void set_text(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "metrics.jsonl";
};

TEST_F(Metrics, AreOneJsonObjectALine) {
  MetricsFile file(path_);
  file.append({10, 1, "train", {{"objective", -101.25}, {"kl", 20}}});
  file.append({20, 2, "validation", {}});
  EXPECT_EQ(text(),
            "{\"step\":10,\"epoch\":1,\"split\":\"train\",\"objective\":-101.25,\"kl\":20}\n"
            "{\"step\":20,\"epoch\":2,\"split\":\"validation\"}\n");
}

TEST_F(Metrics, ReadBackExactly) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.1, 1.0 / 3, 1e21, 1e-7, Limits::max(), Limits::min(), Limits::denorm_min()}) {
    fs::remove(path_);
    MetricsFile(path_).append({0, 0, "train", {{"x", value}}});
    EXPECT_EQ(nlohmann::json::parse(text()).at("x").get<double>(), value);
  }
}

TEST_F(Metrics, AreNullWhereNotFinite) {
  MetricsFile(path_).append({0, 0, "train", {{"a", NAN}, {"b", INFINITY}, {"c", -INFINITY}}});
  EXPECT_EQ(text(), "{\"step\":0,\"epoch\":0,\"split\":\"train\",\"a\":null,\"b\":null,\"c\":null}\n");
}

TEST_F(Metrics, AreValidJsonWhateverTheNames) {
  MetricsFile(path_).append({0, 0, "a\"b\n", {{"\\", 1}, {"\xff", 2}}});
  EXPECT_EQ(nlohmann::json::parse(text()).at("split"), "a\"b\n");
  EXPECT_EQ(text().find('\n'), text().size() - 1);
}

TEST_F(Metrics, GoOnAfterThoseInTheFile) {
  MetricsFile(path_).append({1, 0, "train", {}});
  MetricsFile(path_).append({2, 0, "train", {}});
  EXPECT_EQ(text(),
            "{\"step\":1,\"epoch\":0,\"split\":\"train\"}\n{\"step\":2,\"epoch\":0,\"split\":\"train\"}\n");
}

TEST_F(Metrics, AfterAStepAreDropped) {
  set_text("{\"step\":1}\n{\"step\":3}\n{\"step\":2}\n{\"step\":4,\"x\":1}\n");
  drop_rows_after(path_, 2);
  EXPECT_EQ(text(), "{\"step\":1}\n{\"step\":2}\n");
}

TEST_F(Metrics, WithATornLineLoseItAlone) {
  const std::string whole = "{\"step\":1}\n{\"step\":2}\n";
  const std::string last = "{\"step\":3,\"epoch\":0}";
  for (size_t size = 0; size <= last.size(); ++size) {
    set_text(whole + last.substr(0, size));
    drop_rows_after(path_, 9);
    EXPECT_EQ(text(), whole) << size;
  }
}

TEST_F(Metrics, LoseLinesThatAreNoRows) {
  set_text(std::string("{\"step\":1}\n\n[]\n{}\n{\"step\":1.5}\n{\"step\":1\n{\"st{\"step\":1}\n") + '\0' +
           "\n{\"step\":2}\n");
  drop_rows_after(path_, 9);
  EXPECT_EQ(text(), "{\"step\":1}\n{\"step\":2}\n");
}

TEST_F(Metrics, ThatAreMissingStayMissing) {
  drop_rows_after(path_, 1);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Metrics, ThatCanNotBeWrittenAreAnIoErrorWithTheReason) {
  EXPECT_THROW(MetricsFile(folder_.path() / "missing" / "metrics.jsonl"), IoError);
  try {
    MetricsFile("/dev/full").append({1, 0, "train", {}});
    FAIL();
  } catch (const IoError& error) {
    EXPECT_STREQ(error.what(), "/dev/full: can't be written: No space left on device");
  }
}

TEST_F(Metrics, ReadBackAsTheyWereWritten) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  MetricsFile file(path_);
  file.append({10, 1, "train", {{"objective", -101.25}, {"kl", nan}, {"a", 0.1}}});
  file.append({20, 2, "validation", {}});
  const std::vector<MetricsRow> rows = read_rows(path_);
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].step, 10);
  EXPECT_EQ(rows[0].epoch, 1);
  EXPECT_EQ(rows[0].split, "train");
  EXPECT_EQ(rows[0].value("objective"), -101.25);
  EXPECT_EQ(rows[0].value("kl"), std::nullopt);
  EXPECT_EQ(rows[0].value("a"), 0.1);
  EXPECT_EQ(rows[0].values.front().first, "objective");
  EXPECT_EQ(rows[1].split, "validation");
}

TEST_F(Metrics, AreReadWithoutWhatIsNoRow) {
  set_text(
      "{\"step\":1,\"epoch\":1,\"split\":\"train\"}\nnonsense\n{\"step\":\"2\",\"epoch\":1,\"split\":"
      "\"train\"}\n[]\n"
      "{\"step\":3,\"epoch\":1,\"split\":\"train\"}\n{\"step\":4,\"epo");
  const std::vector<MetricsRow> rows = read_rows(path_);
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[1].step, 3);
}

TEST_F(Metrics, OfAMissingFileAreNone) { EXPECT_TRUE(read_rows(path_).empty()); }

}  // namespace
}  // namespace vae
