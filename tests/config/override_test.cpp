#include "config/override.h"

#include "config/example.h"

#include <gtest/gtest.h>

namespace vae::test {

TEST(Overrides, ReplaceWhatTheFileSays) { EXPECT_EQ(parse_example(R"({"seed": 1})", {"seed=2"}).seed, 2U); }

TEST(Overrides, ReachKeysTheFileLeavesOut) {
  const ExampleConfig config = parse_example("{}", {"optimizer.clip=2", "model.latent=3", "warmup.to=9"});
  EXPECT_EQ(config.optimizer.clip, 2.0);
  EXPECT_EQ(config.optimizer.learning_rate, AdamConfig{}.learning_rate);
  EXPECT_EQ(config.model.latent, 3);
  EXPECT_EQ(config.warmup, (WarmupConfig{0, 9}));
}

TEST(Overrides, TheLastOneWins) { EXPECT_EQ(parse_example("{}", {"seed=1", "seed=2"}).seed, 2U); }

TEST(Overrides, ValuesAreJsonWhereTheyParseElseStrings) {
  EXPECT_EQ(parse_example("{}", {"name=two words = 2"}).name, "two words = 2");
  EXPECT_EQ(parse_example("{}", {"name=\"quoted\""}).name, "quoted");
  EXPECT_EQ(parse_example("{}", {"name="}).name, "");
  EXPECT_EQ(parse_example("{}", {"name=// no comment"}).name, "// no comment");
  EXPECT_EQ(parse_example("{}", {"shuffle=false"}).shuffle, false);
  EXPECT_EQ(parse_example("{}", {"labels=[\"a\", \"b\"]"}).labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parse_example("{}", {"model={\"latent\": 4}"}).model.latent, 4);
  EXPECT_EQ(parse_example(R"({"optimizer": {"clip": 1}})", {"optimizer.clip=null"}).optimizer.clip,
            std::nullopt);
}

TEST(Overrides, GoIntoArraysByIndex) {
  const std::string text =
      R"({"model": {"encoder": {"type": "mlp", "hidden": [1, 2, 3]}}, "phases": [{}, {}]})";
  const ExampleConfig config = parse_example(text, {"model.encoder.hidden.1=20", "phases.1.to=7"});
  EXPECT_EQ(config.model.encoder, (MlpConfig{{1, 20, 3}}));
  EXPECT_EQ(config.phases[1].to, 7);
}

TEST(Overrides, GoIntoArraysThatTheFileLeavesOut) {
  EXPECT_EQ(parse_example("{}", {"model.encoder.hidden.0=10"}).model.encoder, (MlpConfig{{10, 256}}));
  EXPECT_EQ(parse_example("{}", {"model.decoder.hidden.0=10"}).model.decoder, (MlpConfig{{10}}));
  EXPECT_EQ(parse_example("{}", {"optimizer.betas.1=0.5"}).optimizer.betas, (std::array{0.9, 0.5}));
}

TEST(Overrides, ChooseAnotherType) {
  EXPECT_EQ(parse_example("{}", {"model.encoder.type=convolution"}).model.encoder, ConvolutionConfig{});
  EXPECT_EQ(parse_example("{}", {"model.encoder=identity"}).model.encoder, IdentityConfig{});
  EXPECT_EQ(parse_example(R"({"model": {"encoder": "mlp"}})",
                          {"model.encoder.type=convolution", "model.encoder.width=4"})
                .model.encoder,
            ConvolutionConfig{4});
}

TEST(Overrides, SetKeysOfABareType) {
  EXPECT_EQ(
      parse_example(R"({"model": {"encoder": "convolution"}})", {"model.encoder.width=4"}).model.encoder,
      ConvolutionConfig{4});
}

TEST(Overrides, OfATypeAloneSayHowToReplaceTheWholeWhereKeysOfTheOldOneAreLeft) {
  EXPECT_EQ(error_of("{\"model\": {\"encoder\": {\"type\": \"convolution\",\n\"width\": 4}}}",
                     {"model.encoder.type=mlp"}),
            "--set model.encoder.type=mlp: model.encoder: type \"mlp\" has no key \"width\", which a.json:2 "
            "gives; to replace the whole object: --set model.encoder=mlp");
  EXPECT_EQ(
      parse_example(R"({"model": {"encoder": {"type": "convolution", "width": 4}}})", {"model.encoder=mlp"})
          .model.encoder,
      MlpConfig{});
}

TEST(Overrides, SupplyARequiredKey) {
  EXPECT_EQ(parse_example("{}", {"data.type=folder", "data.path=/x"}).data, FolderConfig{"/x"});
}

TEST(Overrides, MistakesNameTheOverride) {
  const auto expect = [](const std::string& text, const std::string& error) {
    EXPECT_EQ(error_of("{}", {text}), "--set " + text + ": " + error);
  };
  expect("optimizer.learning_rat=5",
         "optimizer.learning_rat: unknown key; did you mean \"learning_rate\"? "
         "Known here: learning_rate, betas, clip");
  expect(
      "optimiser.clip=5",
      "optimiser: unknown key; did you mean \"optimizer\"? Known here: name, padding, seed, offset, shuffle, "
      "temperature, precision, out, labels, model, optimizer, warmup, phases, data");
  expect("seed=-1", "seed: -1 is out of range; expected an integer in [0, 18446744073709551615]");
  expect("temperature=NaN", "temperature: expected a number, found the string \"NaN\"");
  expect("temperature=1e999", "1e999 is too large; the largest number is about 1.8e308");
  expect("model.encoder.type=mlpp",
         "model.encoder.type: unknown type \"mlpp\"; did you mean \"mlp\"? Known here: mlp, convolution, "
         "identity");
  expect("model.encoder.hidden.2=1", "model.encoder.hidden: has no element \"2\"; expected an index below 2");
  expect("model.encoder.hidden.x=1", "model.encoder.hidden: has no element \"x\"; expected an index below 2");
  expect("model.encoder.hidden.-1=1",
         "model.encoder.hidden: has no element \"-1\"; expected an index below 2");
  expect("name.x=1", "name: is the string \"run\", not an object; it has no \"x\"");
  expect("data.type=folder", "data.path: missing, and has no default: The folder.");
  expect("model={\"latent\":1,\"latent\":2}", "latent: given twice; remove one of the two");
  expect("seed", "expected PATH=VALUE, such as training.epochs=5");
  expect("=5", "the path has an empty component; expected PATH=VALUE, such as training.epochs=5");
  expect("model..latent=5",
         "the path has an empty component; expected PATH=VALUE, such as training.epochs=5");
}

TEST(Overrides, ReachNoDeeperThanAConfigNests) {
  std::string path = "a";
  for (int i = 0; i < 100000; ++i) path += ".a";
  EXPECT_EQ(error_of("{}", {path + "=1"}),
            "--set " + path.substr(0, 60) + "...: the path has 100001 components; at most 64 are allowed");
}

TEST(Overrides, AreShownOnOneLine) {
  EXPECT_EQ(error_of("{}", {"x\ny=1"}).find("--set x\\u000ay=1: x\\u000ay: unknown key"), 0U);
  EXPECT_EQ(error_of("{}", {"name=\xff"}), "--set \"name=\uFFFD\": not valid UTF-8");
}

}  // namespace vae::test
