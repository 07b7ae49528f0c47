#include "config/node.h"

#include "config/json_text.h"
#include "config/utf8.h"
#include "core/error.h"
#include "core/one_line.h"

#include <algorithm>
#include <utility>

namespace vae::detail {

std::string Origin::text() const { return line == 0 ? source : fmt::format("{}:{}", source, line); }

Node Node::boolean(bool value) {
  Node node;
  node.kind = Kind::boolean;
  node.text = value ? "true" : "false";
  return node;
}

Node Node::number(std::string text) {
  Node node;
  node.kind = Kind::number;
  node.text = std::move(text);
  return node;
}

Node Node::string(std::string_view text) {
  Node node;
  node.kind = Kind::string;
  node.text = text;
  return node;
}

Node Node::array() {
  Node node;
  node.kind = Kind::array;
  return node;
}

Node Node::object() {
  Node node;
  node.kind = Kind::object;
  return node;
}

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::object) return nullptr;
  const auto found = std::ranges::find(children, name, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

Node* Node::find(std::string_view name) { return const_cast<Node*>(std::as_const(*this).find(name)); }

Node& Node::add(std::string_view name, Node value) {
  value.key = name;
  return children.emplace_back(std::move(value));
}

void Node::replace(Node value) {
  value.key = std::move(key);
  *this = std::move(value);
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::boolean:
      return node.text;
    case Node::Kind::number:
      return "the number " + shortened(node.text);
    case Node::Kind::string:
      return "the string " + in_quotes(node.text);
    case Node::Kind::array:
      return "an array";
    case Node::Kind::object:
      return "an object";
  }
  return "";
}

std::string in_quotes(std::string_view text) { return json_string(shortened(text)); }

std::string shortened(std::string_view text) {
  constexpr size_t kLongest = 60, kLongestCharacter = 4;
  if (text.size() <= kLongest) return std::string(text);
  size_t end = kLongest;
  // Text from a command line need not be UTF-8: what has no beginning near is cut anywhere.
  while (end > kLongest - kLongestCharacter && is_utf8_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

void fail(const Origin& origin, const std::string& path, const std::string& what) {
  if (path.empty()) throw UsageError("{}: {}", origin.text(), what);
  throw UsageError("{}: {}: {}", origin.text(), on_one_line(path), what);
}

void fail_check(const Origin& origin, const std::string& path, const std::string& complaint) {
  const bool is_whole = path.empty() || complaint.starts_with(path + ".");
  fail(origin, "", is_whole ? complaint : on_one_line(path) + "." + complaint);
}

}  // namespace vae::detail
