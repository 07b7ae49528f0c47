#include "config/flatten.h"

#include "config/json_text.h"

namespace vae::detail {
namespace {

void collect(const Node& node, const std::string& path, std::vector<FlatValue>& values) {
  switch (node.kind) {
    case Node::Kind::null:
      break;
    case Node::Kind::boolean:
      values.emplace_back(path, node.text == "true");
      break;
    case Node::Kind::number:
      values.emplace_back(path, std::stod(node.text));
      break;
    case Node::Kind::string:
      values.emplace_back(path, node.text);
      break;
    case Node::Kind::array: {
      std::string text = to_json(node);
      text.pop_back();  // the newline
      values.emplace_back(path, std::move(text));
      break;
    }
    case Node::Kind::object:
      for (const Node& child : node.children) collect(child, join(path, child.key), values);
      break;
  }
}

}  // namespace

std::vector<FlatValue> flatten(const Node& root) {
  std::vector<FlatValue> values;
  collect(root, "", values);
  return values;
}

}  // namespace vae::detail
