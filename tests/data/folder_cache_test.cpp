#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/file.h"
#include "data/folder.h"
#include "data/pictures.h"
#include "images/png.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Strings bad_names(const FolderDataset& dataset) {
  Strings names;
  for (const BadPicture& picture : dataset.bad()) names.push_back(picture.name);
  return names;
}

/// A folder of pictures beside a folder for caches.
class CacheOfFolder : public testing::Test {
 protected:
  static constexpr int64_t kSize = 5;

  void add(const std::string& name, uint32_t seed) const {
    fs::create_directories((pictures() / name).parent_path());
    write_png(pictures() / name, test::noise(kSize, kSize, 3, seed));
  }

  void add_text(const std::string& name, std::string_view text) const {
    std::ofstream(pictures() / name) << text;
  }

  void add_three() const {
    add("a.png", 1);
    add("b/c.png", 2);
    add("d/e.png", 3);
    add_text("notes.txt", "words");
  }

  FolderConfig config() const { return {.path = pictures(), .height = kSize, .width = kSize}; }

  FolderDataset open(const FolderConfig& config, BadImages bad_images = BadImages::error) const {
    return FolderDataset(config, {.bad_images = bad_images, .cache = FolderCache{caches()}, .threads = 2});
  }
  FolderDataset open() const { return open(config()); }

  /// How many pictures were decoded; the cache must give what decoding all of them gives.
  int64_t decoded_by_opening() const {
    const FolderDataset dataset = open(config(), BadImages::skip);
    const FolderDataset decoded(config(), {.bad_images = BadImages::skip});
    EXPECT_EQ(test::picture_names(dataset), test::picture_names(decoded));
    EXPECT_EQ(test::labels(dataset), test::labels(decoded));
    EXPECT_EQ(bad_names(dataset), bad_names(decoded));
    for (int64_t i = 0; i < std::min(dataset.size(), decoded.size()); ++i) {
      EXPECT_EQ(test::pixels(dataset, i), test::pixels(decoded, i)) << decoded.name(i);
    }
    return dataset.decoded();
  }

  fs::path only_cache_file() const {
    EXPECT_EQ(std::distance(fs::directory_iterator(caches()), fs::directory_iterator()), 1);
    return fs::directory_iterator(caches())->path();
  }

  std::string cache_content() const { return text_of(read_file(only_cache_file())); }
  void replace_cache(std::string_view content) const { write_file_atomically(only_cache_file(), content); }

  /// What was written a moment ago is not known by its stamp yet.
  static void let_stamps_settle() { std::this_thread::sleep_for(std::chrono::milliseconds(2100)); }

  fs::path pictures() const { return folder_.path() / "pictures"; }
  fs::path caches() const { return folder_.path() / "caches"; }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(CacheOfFolder, SparesTheNextRunDecoding) {
  add_three();
  EXPECT_EQ(decoded_by_opening(), 3);
  EXPECT_EQ(decoded_by_opening(), 0);
}

TEST_F(CacheOfFolder, IsNotWrittenAgainWhereNothingChanged) {
  add_three();
  add_text("bad.png", "no picture");
  let_stamps_settle();
  EXPECT_EQ(decoded_by_opening(), 4);  // one of them in vain
  const std::optional<FileStamp> before = file_stamp(only_cache_file());
  EXPECT_EQ(decoded_by_opening(), 0);
  EXPECT_EQ(file_stamp(only_cache_file()), before);
}

TEST_F(CacheOfFolder, NoticesAChangeThatKeepsSizeAndTimeOfAFile) {
  add_three();
  let_stamps_settle();
  EXPECT_EQ(decoded_by_opening(), 3);
  const fs::path path = pictures() / "b/c.png";
  const auto time = fs::last_write_time(path);
  std::string content = text_of(read_file(path));
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  std::ofstream(path) << content;
  fs::last_write_time(path, time);
  EXPECT_EQ(decoded_by_opening(), 1);
  EXPECT_EQ(bad_names(open(config(), BadImages::skip)), Strings{"b/c.png"});
}

TEST_F(CacheOfFolder, DecodesOnlyWhatIsNew) {
  add_three();
  EXPECT_EQ(decoded_by_opening(), 3);
  add("a.png", 7);
  add("f.png", 8);
  fs::remove(pictures() / "b/c.png");
  EXPECT_EQ(decoded_by_opening(), 2);
}

TEST_F(CacheOfFolder, KnowsAPictureByItsContentWhereverItIs) {
  add_three();
  EXPECT_EQ(decoded_by_opening(), 3);
  fs::rename(pictures() / "a.png", pictures() / "z.png");
  fs::rename(pictures() / "b", pictures() / "y");
  EXPECT_EQ(decoded_by_opening(), 0);
}

TEST_F(CacheOfFolder, HoldsOneTransform) {
  add_three();
  EXPECT_EQ(open().decoded(), 3);
  FolderConfig changed[] = {config(), config(), config(), config()};
  changed[0].height = 4;
  changed[1].channels = 1;
  changed[2].resize = Resampling::bicubic;
  changed[3].background = {0, 0, 0};
  for (const FolderConfig& other : changed) EXPECT_EQ(open(other).decoded(), 3);
  EXPECT_EQ(open().decoded(), 0);
}

TEST_F(CacheOfFolder, OfAnotherTransformIsNotTaken) {
  add_three();
  EXPECT_EQ(open().decoded(), 3);
  const std::string content = cache_content();
  fs::remove(only_cache_file());
  FolderConfig other = config();
  other.background = {0, 0, 0};
  EXPECT_EQ(open(other).decoded(), 3);
  replace_cache(content);
  EXPECT_EQ(open(other).decoded(), 3);
}

TEST_F(CacheOfFolder, IsNeverTrustedWhereItIsDamaged) {
  add_three();
  let_stamps_settle();  // so that nothing but the cache itself can tell
  EXPECT_EQ(decoded_by_opening(), 3);
  const std::string whole = cache_content();
  constexpr size_t kHeader = 200, kRows = 4096;
  for (size_t position = 0; position < whole.size();
       position += position < kHeader || position >= kRows ? 2 : 99) {
    std::string damaged = whole;
    damaged[position] = static_cast<char>(damaged[position] ^ 0x10);
    replace_cache(damaged);
    decoded_by_opening();
  }
}

TEST_F(CacheOfFolder, DecodesThePictureWhosePixelsAreDamaged) {
  add_three();
  EXPECT_EQ(decoded_by_opening(), 3);
  std::string damaged = cache_content();
  damaged[4096 + kSize * kSize * 3 + 7] ^= 1;  // in the second row
  replace_cache(damaged);
  EXPECT_EQ(decoded_by_opening(), 1);
  EXPECT_EQ(decoded_by_opening(), 0);
}

TEST_F(CacheOfFolder, IsNeverTrustedWhereItIsCutOffOrSomethingElse) {
  add_three();
  EXPECT_EQ(decoded_by_opening(), 3);
  const std::string whole = cache_content();
  for (const size_t size : {size_t{0}, size_t{10}, size_t{100}, size_t{4096}, whole.size() - 1}) {
    replace_cache(whole.substr(0, size));
    EXPECT_EQ(decoded_by_opening(), 3) << size;
  }
  for (const std::string& content : {whole + "x", std::string("a text")}) {
    replace_cache(content);
    EXPECT_EQ(decoded_by_opening(), 3);
  }
}

TEST_F(CacheOfFolder, IsNotMadeOfAnEmptyFolder) {
  fs::create_directories(pictures());
  EXPECT_TRUE(test::throws<DataError>([&] { open(); }, {"is empty"}));
  EXPECT_FALSE(fs::exists(caches()));
}

TEST_F(CacheOfFolder, MayBeWrittenByManyAtOnce) {
  for (uint32_t i = 0; i < 20; ++i) add("p" + std::to_string(i) + ".png", i);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int repeat = 0; repeat < 5; ++repeat) decoded_by_opening();
      });
    }
  }
  only_cache_file();
  EXPECT_EQ(decoded_by_opening(), 0);
}

TEST_F(CacheOfFolder, StillNamesTheBadPictures) {
  add_three();
  add_text("bad.png", "no picture");
  let_stamps_settle();
  for (int run = 0; run < 2; ++run) {
    EXPECT_TRUE(test::throws<DataError>([&] { open(); }, {"bad.png: is no picture"}));
  }
  EXPECT_EQ(decoded_by_opening(), 0);
}

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const fs::path& value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST_F(CacheOfFolder, IsByItselfInTheFolderForCaches) {
  add_three();
  const Variable variable("XDG_CACHE_HOME", caches());
  EXPECT_EQ(FolderDataset(config(), {.cache = AutoCache{}}).decoded(), 3);
  EXPECT_EQ(FolderDataset(config(), {.cache = AutoCache{}}).decoded(), 0);
  EXPECT_TRUE(fs::is_directory(caches() / "vae"));
}

TEST_F(CacheOfFolder, ThatCanNotBeWrittenIsAnErrorOnlyWhereItWasAskedFor) {
  add_three();
  add_text("file", "words");
  const fs::path nowhere = pictures() / "file" / "caches";
  EXPECT_TRUE(test::throws<IoError>([&] { FolderDataset(config(), {.cache = FolderCache{nowhere}}); },
                                    {"file/caches: can't be created"}));
  const Variable variable("XDG_CACHE_HOME", nowhere);
  EXPECT_EQ(FolderDataset(config(), {.cache = AutoCache{}}).decoded(), 3);
}

}  // namespace
}  // namespace vae
