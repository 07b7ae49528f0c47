#include "config/example.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace vae::test {

namespace {

using nlohmann::json;

json example_schema() { return json::parse(schema<ExampleConfig>("An example")); }

json property(const std::string& name) { return example_schema()["properties"][name]; }

// Whether an object schema and all those inside it are closed.
void expect_closed_objects(const json& node) {
  if (node.is_object() && node.contains("properties") && node.value("type", json()) == "object") {
    EXPECT_EQ(node.value("additionalProperties", json()), false) << node;
  }
  for (const json& child : node) {
    if (child.is_structured()) expect_closed_objects(child);
  }
}

}  // namespace

TEST(Schema, NamesItsDraftAndTitle) {
  const json schema = example_schema();
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["title"], "An example");
  EXPECT_EQ(schema["type"], "object");
  EXPECT_EQ(schema["properties"].size(), std::tuple_size_v<decltype(fields(Tag<ExampleConfig>{}))>);
}

TEST(Schema, AllowsNoOtherKeys) { expect_closed_objects(example_schema()); }

TEST(Schema, DescribesPlainValues) {
  EXPECT_EQ(property("seed"),
            json::parse(R"({"type": "integer", "minimum": 0, "maximum": 18446744073709551615,
                                              "description": "Of every random stream.", "default": 0})"));
  EXPECT_EQ(property("shuffle"), json::parse(R"({"type": "boolean", "default": true,
                                                 "description": "Whether batches are shuffled."})"));
  EXPECT_EQ(property("temperature"),
            json::parse(R"({"type": "number", "description": "Any number.", "default": 1.0})"));
  EXPECT_EQ(property("out"), json::parse(R"({"type": "string", "minLength": 1, "default": "runs",
                                             "description": "Folder of the run."})"));
  EXPECT_EQ(property("precision"), json::parse(R"({"enum": ["float32", "bfloat16"], "default": "float32",
                                                   "description": "Of the activations."})"));
  EXPECT_EQ(property("padding"), json::parse(R"({"enum": ["zeros", "reflect"], "default": "zeros",
                                                 "description": "What lies beyond the edge."})"));
  EXPECT_EQ(property("labels"), json::parse(R"({"type": "array", "items": {"type": "string"}, "default": [],
                                                "description": "Names of the classes."})"));
}

TEST(Schema, GivesRanges) {
  const json optimizer = property("optimizer")["properties"];
  EXPECT_EQ(optimizer["learning_rate"]["exclusiveMinimum"], 0);
  EXPECT_EQ(optimizer["betas"]["items"],
            json::parse(R"({"type": "number", "minimum": 0, "exclusiveMaximum": 1})"));
  EXPECT_EQ(optimizer["betas"]["minItems"], 2);
  EXPECT_EQ(optimizer["betas"]["maxItems"], 2);
  EXPECT_EQ(optimizer["clip"]["anyOf"],
            json::parse(R"([{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}])"));
  EXPECT_EQ(optimizer["clip"]["default"], nullptr);
}

TEST(Schema, ListsTheAlternativesOfAOneOf) {
  const json encoder = property("model")["properties"]["encoder"];
  EXPECT_EQ(encoder["default"], json::parse(R"({"type": "mlp", "hidden": [512, 256]})"));
  ASSERT_EQ(encoder["oneOf"].size(), 4U);
  EXPECT_EQ(encoder["oneOf"][1], json::parse(R"({
    "type": "object",
    "properties": {
      "type": {"const": "convolution"},
      "width": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 32,
                "description": "Channels of the first layer."}
    },
    "required": ["type"],
    "additionalProperties": false,
    "description": "Strided convolutions."
  })"));
  EXPECT_EQ(encoder["oneOf"][3], json::parse(R"({"enum": ["mlp", "convolution", "identity"]})"));
}

TEST(Schema, RequiresKeysWithoutADefault) {
  const json data = property("data")["oneOf"];
  EXPECT_EQ(data[1]["required"], json::parse(R"(["type", "path"])"));
  EXPECT_FALSE(data[1]["properties"]["path"].contains("default"));
  EXPECT_EQ(data[2], json::parse(R"({"enum": ["identity"]})"));
  EXPECT_FALSE(example_schema().contains("required"));
}

}  // namespace vae::test
