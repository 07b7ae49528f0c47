// A computation on named tensors, in the operators of ONNX.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/tensor.h"

namespace vae {

/// The version of ONNX's operators that graphs are written in (onnx/docs/Operators.md): the oldest that has
/// all of them, so that most programs know it.
inline constexpr int64_t kOperatorSet = 13;

using Attribute = std::variant<int64_t, double, std::vector<int64_t>>;
using Attributes = std::map<std::string, Attribute>;

/// One operator at work: reads the tensors named `inputs` and writes the one named `output`.
struct GraphNode {
  std::string type;
  std::vector<std::string> inputs;
  std::string output;
  Attributes attributes;
};

/// An input or an output of a graph: [N] and behind it `shape`, for any number N of pictures.
struct GraphPort {
  std::string name;
  std::string meaning;
  std::vector<int64_t> shape;
  torch::ScalarType type = torch::kFloat;
};

/// Nodes in an order in which each finds what it reads; constants are float32 or int64.
struct Graph {
  std::string name;
  std::string meaning;
  std::vector<GraphPort> inputs;
  std::vector<GraphPort> outputs;
  std::vector<std::pair<std::string, Tensor>> constants;
  std::vector<GraphNode> nodes;
};

}  // namespace vae
