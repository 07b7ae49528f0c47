// The pieces of a JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12).
#pragma once

#include "config/fields.h"
#include "config/node.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae::detail {

Node type_schema(std::string_view type);
Node const_schema(std::string_view value);
Node enum_schema(std::span<const std::string_view> values);
Node path_schema();

/// A number inside an interval, and for integers inside their type; a null interval is no constraint.
Node number_schema(Tag<double>, const Interval* interval);
Node number_schema(Tag<int64_t>, const Interval* interval);
Node number_schema(Tag<uint64_t>, const Interval* interval);

/// An object of these properties and no others.
Node closed_object_schema(Node properties, std::span<const std::string> required_keys);

/// `keyword` is "oneOf" or "anyOf".
Node choice_schema(std::string_view keyword, std::vector<Node> choices);

/// Restricts an array to exactly `size` elements.
void add_size(Node& schema, size_t size);

/// The schema of a whole document, with its draft and title.
Node document_schema(std::string_view title, Node schema);

}  // namespace vae::detail
