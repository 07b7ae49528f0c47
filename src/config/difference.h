// Where two configs differ.
#pragma once

#include "config/node.h"

#include <string>
#include <vector>

namespace vae::detail {

/// The paths of the values in which two trees of one struct differ: of plain values, of objects whose "type"
/// differs, and of arrays whose lengths differ.
std::vector<std::string> differing_paths(const Node& a, const Node& b);

}  // namespace vae::detail
