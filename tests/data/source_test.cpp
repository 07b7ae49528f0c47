#include "data/source.h"

#include <gtest/gtest.h>

#include "config/bind.h"
#include "core/error.h"
#include "data/split.h"
#include "support/throws.h"

namespace vae {

struct SourceAndSplit {
  SourceConfig source;
  SplitConfig split;
  bool operator==(const SourceAndSplit&) const = default;
};

inline constexpr auto fields(Tag<SourceAndSplit>) {
  return std::tuple{field("source", &SourceAndSplit::source, "Pictures."),
                    field("split", &SourceAndSplit::split, "Other pictures.")};
}

namespace {

TEST(Source, EveryAlternativeIsOpened) {
  EXPECT_NE(dynamic_cast<const ShapesDataset*>(open_dataset(ShapesConfig{}).get()), nullptr);
  EXPECT_TRUE(test::throws<DataError>([] { open_dataset(IdxConfig{.images = "/nowhere"}); },
                                      {"/nowhere: no such file"}));
  EXPECT_TRUE(test::throws<DataError>([] { open_dataset(FolderConfig{.path = "/nowhere"}); },
                                      {"/nowhere: no such folder"}));
}

TEST(Source, IsReadFromAConfig) {
  const auto config = parse<SourceAndSplit>(
      R"({"source": {"type": "folder", "path": "/pictures", "resize": "bicubic", "background": [0, 128, 255]},
          "split": {"type": "idx", "images": "/images", "labels": "/labels"}})",
      "test");
  EXPECT_EQ(config.source,
            SourceConfig(FolderConfig{
                .path = "/pictures", .resize = Resampling::bicubic, .background = {0, 128, 255}}));
  EXPECT_EQ(config.split, SplitConfig(IdxConfig{.images = "/images", .labels = "/labels"}));
  EXPECT_EQ(parse<SourceAndSplit>(dump(config), "test"), config);
}

TEST(Source, RefusesSettingsOutOfRange) {
  for (const char* source :
       {R"({"type": "shapes", "count": 0})", R"({"type": "shapes", "channels": 2})",
        R"({"type": "shapes", "height": 7})", R"({"type": "shapes", "offset": -1})", R"({"type": "idx"})",
        R"({"type": "folder"})", R"({"type": "folder", "path": "a", "channels": 2})",
        R"({"type": "folder", "path": "a", "width": 0})",
        R"({"type": "folder", "path": "a", "background": [0, 0, 256]})"}) {
    EXPECT_THROW(parse<SourceAndSplit>(fmt::format("{{\"source\": {}}}", source), "test"), UsageError)
        << source;
  }
  for (const char* fraction : {"0", "1", "-0.5"}) {
    const auto text = fmt::format(R"({{"split": {{"type": "fraction", "fraction": {}}}}})", fraction);
    EXPECT_THROW(parse<SourceAndSplit>(text, "test"), UsageError) << fraction;
  }
}

}  // namespace
}  // namespace vae
