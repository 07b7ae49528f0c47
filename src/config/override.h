// Values given on the command line: "training.epochs=5", laid over the tree of a config.
#pragma once

#include "config/node.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae::detail {

struct Override {
  std::vector<std::string> path;
  Node value;  // with the override as its origin
};

/// Splits "path=value". UsageError where it is not of this form.
Override parse_override(const std::string& text);

/// Sets the value at the path. The objects on the way must be there but for the last key; UsageError where
/// the path leads through a plain value or past the end of an array.
void apply_override(const Override& override, Node& root);

/// The element of an array that a component of a path names, else null.
Node* find_element(Node& array, std::string_view index);

/// The node and all in it as if given by an override.
Node with_origin(Node node, const Origin& origin);

/// Writes a OneOf given as a bare string as the object it stands for, so that keys can be added.
void expand_bare_type(Node& node);

}  // namespace vae::detail
