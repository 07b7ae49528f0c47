#include "config/parse.h"

#include "config/example.h"
#include "core/file.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vae::test {

namespace {

constexpr const char* kRootKeys =
    "name, padding, seed, offset, shuffle, temperature, precision, out, labels, model, optimizer, warmup, "
    "phases, data";

std::string error_of_file(const std::filesystem::path& path) {
  try {
    parse_file<ExampleConfig>(path);
  } catch (const UsageError& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST(Parse, AbsentKeysKeepTheirDefaults) {
  ExampleConfig expected;
  expected.out = std::filesystem::current_path() / "runs";
  EXPECT_EQ(parse_example("{}"), expected);
}

TEST(Parse, EveryKindOfValueIsRead) {
  const ExampleConfig config = parse_example(R"({
    "name": "gr\u00f6\u00dfe \ud83d\ude00", "padding": "reflect", "seed": 7, "offset": -3, "shuffle": false,
    "temperature": 2.5e-1, "precision": "bfloat16", "out": "/tmp/x", "labels": ["a", "b"],
    "model": {"latent": 2, "encoder": {"type": "convolution", "width": 8}, "decoder": "identity"},
    "optimizer": {"learning_rate": 1, "betas": [0, 0.5], "clip": 3},
    "warmup": {"from": 2, "to": 3}, "phases": [{}, {"to": 9}],
    "data": {"type": "folder", "path": "/pictures"}
  })");
  ExampleConfig expected;
  expected.name = "größe 😀";
  expected.padding = "reflect";
  expected.seed = 7;
  expected.offset = -3;
  expected.shuffle = false;
  expected.temperature = 0.25;
  expected.precision = Precision::bfloat16;
  expected.out = "/tmp/x";
  expected.labels = {"a", "b"};
  expected.model = {2, ConvolutionConfig{8}, IdentityConfig{}};
  expected.optimizer = {1.0, {0.0, 0.5}, 3.0};
  expected.warmup = WarmupConfig{2, 3};
  expected.phases = {WarmupConfig{}, WarmupConfig{0, 9}};
  expected.data = FolderConfig{"/pictures"};
  EXPECT_EQ(config, expected);
}

TEST(Parse, CommentsAndAByteOrderMarkAreSkipped) {
  EXPECT_EQ(parse_example("\xEF\xBB\xBF// first\n{ /* in\nside */ \"seed\": 5 // last\n}\n/* end */").seed,
            5U);
}

TEST(Parse, AnUnknownKeyIsNamedWithTheNearestOne) {
  EXPECT_EQ(error_of("{\n  \"model\": {\n    \"lattent\": 3\n  }\n}"),
            "a.json:3: model.lattent: unknown key; did you mean \"latent\"? "
            "Known here: latent, encoder, decoder");
  EXPECT_EQ(error_of(R"({"x": 1})"), std::string("a.json:1: x: unknown key; Known here: ") + kRootKeys);
  EXPECT_EQ(error_of(R"({"phases": [{}, {"form": 1}]})"),
            "a.json:1: phases.1.form: unknown key; did you mean \"from\"? Known here: from, to");
  EXPECT_EQ(error_of(R"({"Seed": 1})").substr(0, 50), "a.json:1: Seed: unknown key; did you mean \"seed\"? ");
}

TEST(Parse, AnUnknownKeyIsShownOnOneLineOfBearableLength) {
  const std::string error = error_of("{\"new\\nline" + std::string(1000, 'x') + "\": 1}");
  EXPECT_EQ(error.find('\n'), std::string::npos);
  EXPECT_LT(error.size(), 300U);
}

TEST(Parse, AKeyGivenTwiceIsAnError) {
  EXPECT_EQ(error_of("{\"seed\": 1,\n\n\"seed\": 1}"),
            "a.json:3: seed: given twice, first in line 1; remove one of the two");
  EXPECT_EQ(error_of("{\"phases\": [{}, {\"to\": 1,\n\"to\": 2}]}"),
            "a.json:2: phases.1.to: given twice, first in line 1; remove one of the two");
}

TEST(Parse, AMissingRequiredKeyIsNamedWithItsHelp) {
  EXPECT_EQ(error_of("{\n\"data\": {\"type\": \"folder\"}}"),
            "a.json:2: data.path: missing, and has no default: The folder.");
  EXPECT_EQ(error_of("{\n\"data\": \"folder\"}"),
            "a.json:2: data.path: missing, and has no default: The folder.");
}

struct FolderOrNothing {
  OneOf<FolderConfig, IdentityConfig> data;
  bool operator==(const FolderOrNothing&) const = default;
};

inline constexpr auto fields(Tag<FolderOrNothing>) {
  return std::tuple{field("data", &FolderOrNothing::data, "Where pictures come from.")};
}

struct RequiredSource {
  SourceConfig data;
  bool operator==(const RequiredSource&) const = default;
};

inline constexpr auto fields(Tag<RequiredSource>) {
  return std::tuple{required("data", &RequiredSource::data, "Where pictures come from.")};
}

template <class T>
std::string error_of_empty(const std::vector<std::string>& overrides = {}) {
  try {
    parse<T>("{}", "a.json", overrides);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Parse, AnAbsentObjectWithARequiredKeyIsAnError) {
  EXPECT_EQ(error_of_empty<FolderOrNothing>(),
            "a.json:1: data.path: missing, and has no default: The folder.");
  EXPECT_EQ(error_of_empty<FolderOrNothing>({"data.path=/x"}), "no error");
}

TEST(Parse, ARequiredOneOfHasNoDefaultType) {
  EXPECT_EQ(error_of_empty<RequiredSource>(),
            "a.json:1: data: missing, and has no default: Where pictures come from.");
  EXPECT_EQ(error_of_empty<RequiredSource>({"data.path=/x"}),
            "--set data.path=/x: data: has no \"type\"; expected one of identity, folder");
  EXPECT_EQ(error_of_empty<RequiredSource>({"data.path=/x", "data.type=folder"}), "no error");
}

TEST(Parse, AWrongTypeIsAnErrorThatSaysWhatItFound) {
  const auto expect = [](const std::string& text, const std::string& error) {
    EXPECT_EQ(error_of(text), "a.json:1: " + error) << text;
  };
  expect(R"({"seed": "7"})", "seed: expected an integer, found the string \"7\"");
  expect(R"({"offset": 1.5})", "offset: expected an integer, found the number 1.5");
  expect(R"({"offset": true})", "offset: expected an integer, found true");
  expect(R"({"temperature": null})", "temperature: expected a number, found null");
  expect(R"({"shuffle": 1})", "shuffle: expected true or false, found the number 1");
  expect(R"({"name": 5})", "name: expected a string in double quotes, found the number 5");
  expect(R"({"out": {}})", "out: expected a path in double quotes, found an object");
  expect(R"({"precision": 32})", "precision: expected one of float32, bfloat16, found the number 32");
  expect(R"({"labels": "a"})", "labels: expected an array, found the string \"a\"");
  expect(R"({"labels": ["a", 2]})", "labels.1: expected a string in double quotes, found the number 2");
  expect(R"({"model": []})", "model: expected an object, found an array");
  expect(R"({"model": {"encoder": 3}})",
         "model.encoder: expected an object with a \"type\", found the number 3");
  expect(R"({"optimizer": {"betas": [0.5]}})", "optimizer.betas: expected 2 elements, found 1");
  expect("[]", "expected an object, found an array");
  expect("5", "expected an object, found the number 5");
}

TEST(Parse, ElementsOfAnArrayAreReportedOnTheirOwnLines) {
  EXPECT_EQ(error_of("{\"model\": {\"encoder\": {\"type\": \"mlp\", \"hidden\": [\n1,\n-2\n]}}}"),
            "a.json:3: model.encoder.hidden.1: -2 is out of range; expected a number > 0");
}

TEST(Parse, AValueOutOfRangeIsAnErrorThatNamesTheRange) {
  const auto expect = [](const std::string& text, const std::string& error) {
    EXPECT_EQ(error_of(text), "a.json:1: " + error) << text;
  };
  expect(R"({"model": {"latent": 0}})", "model.latent: 0 is out of range; expected a number > 0");
  expect(R"({"optimizer": {"learning_rate": -1e-3}})",
         "optimizer.learning_rate: -1e-3 is out of range; expected a number > 0");
  expect(R"({"optimizer": {"betas": [0.5, 1]}})",
         "optimizer.betas.1: 1 is out of range; expected a number in [0, 1)");
  expect(R"({"optimizer": {"clip": 0}})", "optimizer.clip: 0 is out of range; expected a number > 0");
  expect(R"({"warmup": {"from": -1}})", "warmup.from: -1 is out of range; expected a number >= 0");
  expect(R"({"warmup": {"to": 0}})", "warmup.to: 0 is out of range; expected a number >= 1");
  expect(R"({"model": {"encoder": {"type": "convolution", "width": 4097}}})",
         "model.encoder.width: 4097 is out of range; expected a number in [1, 4096]");
  expect(R"({"padding": "reflekt"})",
         "padding: unknown value \"reflekt\"; did you mean \"reflect\"? Known here: zeros, reflect");
}

TEST(Parse, AnUnknownNameOfAnEnumIsAnErrorWithTheNearest) {
  EXPECT_EQ(error_of(R"({"precision": "float23"})"),
            "a.json:1: precision: unknown value \"float23\"; did you mean \"float32\"? "
            "Known here: float32, bfloat16");
}

TEST(Parse, IntegersReachTheirLimitsAndNoFurther) {
  EXPECT_EQ(parse_example(R"({"seed": 18446744073709551615})").seed, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(parse_example(R"({"offset": -9223372036854775808})").offset, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(parse_example(R"({"offset": 9223372036854775807})").offset, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(error_of(R"({"seed": 18446744073709551616})"),
            "a.json:1: seed: 18446744073709551616 is out of range; "
            "expected an integer in [0, 18446744073709551615]");
  EXPECT_EQ(error_of(R"({"seed": -1})"),
            "a.json:1: seed: -1 is out of range; expected an integer in [0, 18446744073709551615]");
  EXPECT_EQ(error_of(R"({"offset": 99999999999999999999})"),
            "a.json:1: offset: 99999999999999999999 is out of range; "
            "expected an integer in [-9223372036854775808, 9223372036854775807]");
}

TEST(Parse, IntegersMayBeWrittenWithPointOrExponentWhereTheyAreExact) {
  EXPECT_EQ(parse_example(R"({"offset": 1e3})").offset, 1000);
  EXPECT_EQ(parse_example(R"({"offset": -2.0})").offset, -2);
  EXPECT_EQ(parse_example(R"({"offset": 1.25E+2})").offset, 125);
  EXPECT_EQ(parse_example(R"({"offset": 1200e-2})").offset, 12);
  EXPECT_EQ(parse_example(R"({"offset": 0e999999999999999999999})").offset, 0);
  EXPECT_EQ(parse_example(R"({"offset": -0})").offset, 0);
  EXPECT_EQ(parse_example(R"({"seed": 1.8446744073709551615e19})").seed,
            std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(error_of(R"({"offset": 1.25e1})"),
            "a.json:1: offset: expected an integer, found the number 1.25e1");
  EXPECT_EQ(error_of(R"({"offset": 1.00000000000000000001})"),
            "a.json:1: offset: expected an integer, found the number 1.00000000000000000001");
  EXPECT_EQ(error_of(R"({"offset": 1e-999999999999999999999})"),
            "a.json:1: offset: expected an integer, found the number 1e-999999999999999999999");
  EXPECT_EQ(error_of(R"({"offset": 1e300})"),
            "a.json:1: offset: 1e300 is out of range; "
            "expected an integer in [-9223372036854775808, 9223372036854775807]");
}

TEST(Parse, NumbersThatNoDoubleHoldsAreErrors) {
  EXPECT_EQ(error_of(R"({"temperature": 1e999})"),
            "a.json:1: temperature: 1e999 is too large; the largest number is about 1.8e308");
  EXPECT_EQ(error_of(R"({"temperature": 1e-999})"),
            "a.json:1: temperature: 1e-999 is not representable as a double");
  EXPECT_EQ(parse_example(R"({"temperature": 5e-324})").temperature, 5e-324);
  EXPECT_TRUE(std::signbit(parse_example(R"({"temperature": -0})").temperature));
}

TEST(Parse, NullUnsetsAnOptional) {
  EXPECT_FALSE(parse_example(R"({"optimizer": {"clip": null}, "warmup": null})").optimizer.clip.has_value());
}

TEST(Parse, TheCheckOfAStructSpeaksAtItsPath) {
  EXPECT_EQ(error_of("{\n\"warmup\": {\"from\": 5}}"), "a.json:2: warmup.from must be below to");
  EXPECT_EQ(error_of(R"({"phases": [{}, {"from": 9}]})"), "a.json:1: phases.1.from must be below to");
}

TEST(Parse, PathsBecomeAbsolute) {
  const std::filesystem::path here = std::filesystem::current_path();
  EXPECT_EQ(parse_example(R"({"out": "./a/b/"})").out, here / "a/b");
  EXPECT_EQ(parse_example(R"({"out": "../a"})").out, here / "../a");
  EXPECT_EQ(parse_example(R"({"out": "/"})").out, "/");
  EXPECT_EQ(parse_example("{}").out, here / "runs");
  EXPECT_EQ(error_of(R"({"out": ""})"), "a.json:1: out: expected a path, found an empty string");
  EXPECT_EQ(error_of(R"({"out": "a\u0000b"})"), "a.json:1: out: a path can't hold a NUL");
}

TEST(Parse, ValuesNestSixtyFourDeepAndNoDeeper) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(error_of(nested(64)), "a.json:1: expected an object, found an array");
  EXPECT_EQ(error_of(nested(65)), "a.json:1: nested deeper than 64");
  EXPECT_EQ(error_of(std::string(1 << 20, '[')), "a.json:1: nested deeper than 64");
}

TEST(Parse, ManyKeysAreReadInReasonableTime) {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(error_of(text + "\"seed\":1}").substr(0, 27), "a.json:1: k0: unknown key; ");
}

TEST(ParseFile, ReadsAFile) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "a.json", std::string_view(R"({"seed": 9})"));
  const std::vector<std::string> overrides{"offset=4"};
  const auto config = parse_file<ExampleConfig>(folder.path() / "a.json", overrides);
  EXPECT_EQ(config.seed, 9U);
  EXPECT_EQ(config.offset, 4);
}

TEST(ParseFile, WhatCantBeReadIsAUsageError) {
  const TemporaryFolder folder;
  const std::string missing = (folder.path() / "a.json").string();
  EXPECT_EQ(error_of_file(missing), missing + ": no such file; expected a config, such as those in configs/");
  EXPECT_EQ(error_of_file(missing + "/b.json"),
            missing + "/b.json: no such file; expected a config, such as those in configs/");
  EXPECT_EQ(error_of_file(folder.path()), folder.path().string() + ": not a file; expected a JSON config");
}

TEST(ParseFile, AFileLargerThanAConfigIsRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.json";
  const size_t largest = size_t{1} << 20;
  write_file_atomically(path, "{}" + std::string(largest - 2, ' '));
  EXPECT_EQ(error_of_file(path), "no error");
  write_file_atomically(path, "{}" + std::string(largest - 1, ' '));
  EXPECT_EQ(error_of_file(path),
            path.string() + ": 1048577 bytes; a config has at most 1048576; is this the right file?");
}

}  // namespace vae::test
