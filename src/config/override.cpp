#include "config/override.h"

#include "config/json_text.h"
#include "config/utf8.h"
#include "core/error.h"
#include "core/one_line.h"

#include <charconv>
#include <system_error>
#include <utility>

namespace vae::detail {

namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> components;
  while (true) {
    const size_t dot = path.find('.');
    components.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return components;
    path.remove_prefix(dot + 1);
  }
}

// Where the override goes in an object or array: the child, made if it is a new key of an object. A new
// object is one the tables don't know, or else it would be there already: binding will say so.
Node& child_at(Node& parent, const std::string& component, const std::string& path, const Origin& origin) {
  if (parent.is(Node::Kind::object)) {
    if (Node* member = parent.find(component)) return *member;
    Node made = Node::object();
    made.origin = origin;
    return parent.add(component, std::move(made));
  }
  if (!parent.is(Node::Kind::array)) {
    fail(origin, path,
         fmt::format("is {}, not an object; it has no {}", describe(parent), in_quotes(component)));
  }
  if (Node* element = find_element(parent, component)) return *element;
  fail(origin, path,
       fmt::format("has no element {}; expected an index below {}", in_quotes(component),
                   parent.children.size()));
}

}  // namespace

Override parse_override(const std::string& text) {
  if (find_invalid_utf8(text)) throw UsageError("--set {}: not valid UTF-8", in_quotes(text));
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    throw UsageError("--set {}: expected PATH=VALUE, such as training.epochs=5",
                     on_one_line(shortened(text)));
  }
  Override result;
  result.path = split_path(std::string_view(text).substr(0, equals));
  if (result.path.size() > kDeepest) {
    throw UsageError("--set {}: the path has {} components; at most {} are allowed",
                     on_one_line(shortened(text)), result.path.size(), kDeepest);
  }
  for (const std::string& component : result.path) {
    if (component.empty()) {
      throw UsageError(
          "--set {}: the path has an empty component; expected PATH=VALUE, such as training.epochs=5",
          on_one_line(shortened(text)));
    }
  }
  const std::string_view value = std::string_view(text).substr(equals + 1);
  const Origin origin{.source = "--set " + on_one_line(shortened(text))};
  result.value = with_origin(parse_json_value(value, origin.source).value_or(Node::string(value)), origin);
  return result;
}

void apply_override(const Override& override, Node& root) {
  Node* node = &root;
  std::string path;
  for (const std::string& component : override.path) {
    node = &child_at(*node, component, path, override.value.origin);
    path = join(path, component);
  }
  node->replace(override.value);
}

Node* find_element(Node& array, std::string_view index) {
  if (!array.is(Node::Kind::array)) return nullptr;
  size_t position = 0;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), position);
  const bool is_index = error == std::errc() && end == index.data() + index.size();
  return is_index && position < array.children.size() ? &array.children[position] : nullptr;
}

Node with_origin(Node node, const Origin& origin) {
  node.origin = origin;
  for (Node& child : node.children) child = with_origin(std::move(child), origin);
  return node;
}

void expand_bare_type(Node& node) {
  if (!node.is(Node::Kind::string)) return;
  Node type = Node::string(node.text);
  type.origin = node.origin;
  Node object = Node::object();
  object.origin = node.origin;
  object.add("type", std::move(type));
  node.replace(std::move(object));
}

}  // namespace vae::detail
