#include "config/one_of.h"

#include "config/example.h"

#include <gtest/gtest.h>

namespace vae::test {

TEST(OneOf, IsItsFirstAlternativeByDefault) {
  EXPECT_EQ(EncoderConfig(), EncoderConfig(MlpConfig{}));
  EXPECT_EQ(EncoderConfig().type(), "mlp");
}

TEST(OneOf, KnowsWhichAlternativeItIs) {
  EncoderConfig encoder = ConvolutionConfig{8};
  EXPECT_TRUE(encoder.is<ConvolutionConfig>());
  EXPECT_EQ(encoder.get_if<MlpConfig>(), nullptr);
  encoder.get_if<ConvolutionConfig>()->width = 9;
  EXPECT_EQ(std::get<ConvolutionConfig>(encoder.variant()).width, 9);
  EXPECT_EQ(encoder.visit([](const auto& alternative) { return std::string(alternative.kType); }),
            "convolution");
}

TEST(OneOf, ComparesTypeAndFields) {
  EXPECT_EQ(EncoderConfig(ConvolutionConfig{8}), EncoderConfig(ConvolutionConfig{8}));
  EXPECT_NE(EncoderConfig(ConvolutionConfig{8}), EncoderConfig(ConvolutionConfig{9}));
  EXPECT_NE(EncoderConfig(ConvolutionConfig{}), EncoderConfig(IdentityConfig{}));
}

TEST(OneOf, VisitsEveryAlternativeInOrder) {
  std::vector<std::string_view> types;
  for_each_alternative<EncoderConfig>([&]<class T>(Tag<T>) { types.push_back(T::kType); });
  EXPECT_EQ(types, (std::vector<std::string_view>{"mlp", "convolution", "identity"}));
}

template <class T>
class EveryEncoder : public testing::Test {};
TYPED_TEST_SUITE(EveryEncoder, EncoderConfig::As<testing::Types>);

TYPED_TEST(EveryEncoder, IsChosenByTypeOrByBareName) {
  const std::string type(TypeParam::kType);
  const EncoderConfig expected = TypeParam{};
  EXPECT_EQ(parse_example("{\"model\": {\"encoder\": {\"type\": \"" + type + "\"}}}").model.encoder,
            expected);
  EXPECT_EQ(parse_example("{\"model\": {\"encoder\": \"" + type + "\"}}").model.encoder, expected);
}

TEST(OneOf, KeysThatAreAbsentKeepTheDefaultOfTheirPlace) {
  EXPECT_EQ(parse_example(R"({"model": {"decoder": {"type": "mlp"}}})").model.decoder, (MlpConfig{{64}}));
}

TEST(OneOf, AnUnknownTypeIsAnErrorWithTheNearest) {
  EXPECT_EQ(error_of("{\"model\": {\"encoder\": {\n\"type\": \"convolutoin\"}}}"),
            "a.json:2: model.encoder.type: unknown type \"convolutoin\"; did you mean \"convolution\"? "
            "Known here: mlp, convolution, identity");
  EXPECT_EQ(error_of(R"({"model": {"encoder": "transformer"}})"),
            "a.json:1: model.encoder: unknown type \"transformer\"; Known here: mlp, convolution, identity");
}

TEST(OneOf, AMissingTypeIsAnErrorThatListsThem) {
  EXPECT_EQ(error_of(R"({"model": {"encoder": {"width": 3}}})"),
            "a.json:1: model.encoder: has no \"type\"; expected one of mlp, convolution, identity");
}

TEST(OneOf, AKeyOfAnotherTypeIsUnknown) {
  EXPECT_EQ(error_of(R"({"model": {"encoder": {"type": "mlp", "width": 3}}})"),
            "a.json:1: model.encoder.width: unknown key; Known here: type, hidden");
}

}  // namespace vae::test
