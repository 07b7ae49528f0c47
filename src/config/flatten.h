// A config as a list.
#pragma once

#include "config/node.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vae {

/// A path such as "training.epochs" and what stands there.
using FlatValue = std::pair<std::string, std::variant<bool, double, std::string>>;

namespace detail {

/// The plain values of a tree in its order; an array is the text of its JSON, and what is null is left out.
std::vector<FlatValue> flatten(const Node& root);

}  // namespace detail
}  // namespace vae
