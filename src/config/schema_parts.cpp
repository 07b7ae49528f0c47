#include "config/schema_parts.h"

#include "config/values.h"

#include <cmath>
#include <limits>
#include <utility>

namespace vae::detail {

namespace {

Node string_array(const auto& values) {
  Node array = Node::array();
  for (const auto& value : values) array.children.push_back(Node::string(value));
  return array;
}

Node bound(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: every integer up to here is a double
  if (std::trunc(value) == value && std::abs(value) <= kExact)
    return write_number(static_cast<int64_t>(value));
  return write_number(value);
}

bool has_low(const Interval* interval) { return interval != nullptr && std::isfinite(interval->low); }

bool has_high(const Interval* interval) { return interval != nullptr && std::isfinite(interval->high); }

void add_bounds(Node& schema, const Interval* interval) {
  if (has_low(interval))
    schema.add(interval->includes_low ? "minimum" : "exclusiveMinimum", bound(interval->low));
  if (has_high(interval)) {
    schema.add(interval->includes_high ? "maximum" : "exclusiveMaximum", bound(interval->high));
  }
}

template <class Integer>
Node integer_schema(const Interval* interval) {
  Node schema = type_schema("integer");
  if (!has_low(interval)) schema.add("minimum", write_number(std::numeric_limits<Integer>::min()));
  if (!has_high(interval)) schema.add("maximum", write_number(std::numeric_limits<Integer>::max()));
  add_bounds(schema, interval);
  return schema;
}

}  // namespace

Node type_schema(std::string_view type) {
  Node schema = Node::object();
  schema.add("type", Node::string(type));
  return schema;
}

Node const_schema(std::string_view value) {
  Node schema = Node::object();
  schema.add("const", Node::string(value));
  return schema;
}

Node enum_schema(std::span<const std::string_view> values) {
  Node schema = Node::object();
  schema.add("enum", string_array(values));
  return schema;
}

Node path_schema() {
  Node schema = type_schema("string");
  schema.add("minLength", write_number(int64_t{1}));
  return schema;
}

Node number_schema(Tag<double>, const Interval* interval) {
  Node schema = type_schema("number");
  add_bounds(schema, interval);
  return schema;
}

Node number_schema(Tag<int64_t>, const Interval* interval) { return integer_schema<int64_t>(interval); }

Node number_schema(Tag<uint64_t>, const Interval* interval) { return integer_schema<uint64_t>(interval); }

Node closed_object_schema(Node properties, std::span<const std::string> required_keys) {
  Node schema = type_schema("object");
  schema.add("properties", std::move(properties));
  if (!required_keys.empty()) schema.add("required", string_array(required_keys));
  schema.add("additionalProperties", Node::boolean(false));
  return schema;
}

Node choice_schema(std::string_view keyword, std::vector<Node> choices) {
  Node array = Node::array();
  array.children = std::move(choices);
  Node schema = Node::object();
  schema.add(keyword, std::move(array));
  return schema;
}

void add_size(Node& schema, size_t size) {
  schema.add("minItems", write_number(uint64_t{size}));
  schema.add("maxItems", write_number(uint64_t{size}));
}

Node document_schema(std::string_view title, Node schema) {
  Node document = Node::object();
  document.add("$schema", Node::string("https://json-schema.org/draft/2020-12/schema"));
  document.add("title", Node::string(title));
  for (Node& member : schema.children) document.children.push_back(std::move(member));
  return document;
}

}  // namespace vae::detail
