// JSON as a tree that remembers where each value was written and how.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vae::detail {

/// Where a value was written: a line of a file, or an override (line 0).
struct Origin {
  std::string source;
  int64_t line = 0;

  std::string text() const;  // "configs/mnist.json:12"
};

/// A JSON value. Numbers stay text, so that nothing is rounded before their type is known.
struct Node {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  std::string key;   // of a member of an object
  std::string text;  // the characters of a string; the JSON text of a number, true or false
  std::vector<Node> children;
  Origin origin;

  static Node boolean(bool value);
  static Node number(std::string text);
  static Node string(std::string_view text);
  static Node array();
  static Node object();

  bool is(Kind other) const { return kind == other; }
  const Node* find(std::string_view name) const;  // the member of this name, else null
  Node* find(std::string_view name);
  /// Appends a member; the name must be new.
  Node& add(std::string_view name, Node value);
  /// Takes over another value, keeping its own key.
  void replace(Node value);
};

/// "null", "the number 1.5", "the string \"x\"", "an array", "an object".
std::string describe(const Node& node);

/// Text in double quotes, escaped as in JSON, shortened where it is long: fit for one line of an error.
std::string in_quotes(std::string_view text);

/// The beginning of a long text.
std::string shortened(std::string_view text);

/// "model" and "encoder" to "model.encoder".
std::string join(const std::string& path, std::string_view key);

/// UsageError "where: path: what".
[[noreturn]] void fail(const Origin& origin, const std::string& path, const std::string& what);

/// Throws what a struct's check said of the value at `path`: it begins with the key that is wrong, from there
/// or whole.
[[noreturn]] void fail_check(const Origin& origin, const std::string& path, const std::string& complaint);

}  // namespace vae::detail
