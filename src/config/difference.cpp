#include "config/difference.h"

#include <string_view>

namespace vae::detail {

namespace {

bool differ_as_a_whole(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.text != b.text || a.children.size() != b.children.size()) return true;
  const Node* type_a = a.find("type");
  const Node* type_b = b.find("type");
  return type_a != nullptr && type_b != nullptr && type_a->text != type_b->text;
}

void collect(const Node& a, const Node& b, const std::string& path, std::vector<std::string>& paths) {
  if (differ_as_a_whole(a, b)) {
    paths.push_back(path);
    return;
  }
  for (size_t i = 0; i < a.children.size(); ++i) {
    const std::string key = a.is(Node::Kind::array) ? std::to_string(i) : a.children[i].key;
    collect(a.children[i], b.children[i], join(path, key), paths);
  }
}

}  // namespace

std::vector<std::string> differing_paths(const Node& a, const Node& b) {
  std::vector<std::string> paths;
  collect(a, b, "", paths);
  return paths;
}

}  // namespace vae::detail
