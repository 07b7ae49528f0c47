#include "config/json_text.h"

#include "config/syntax_error.h"
#include "config/utf8.h"
#include "core/error.h"
#include "core/one_line.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vae::detail {

namespace {

// nlohmann's SAX events carry no position. Its lexer advances an iterator, though: this one keeps the
// position outside itself, where the handler of the events sees it.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit CountingIterator(const char** position) : position_(position) {}

  reference operator*() const { return **position_; }
  CountingIterator& operator++() {
    ++*position_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return *position_ == *other.position_; }

 private:
  const char** position_;
};

bool is_part_of_number(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("+-.eE").find(c) != std::string_view::npos;
}

class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  // Lines are counted from `first_line`, or not at all where it is 0.
  TreeBuilder(std::string_view text, const std::string& source, int64_t first_line)
      : text_(text), source_(source), line_(first_line) {}

  /// False where the text is not JSON.
  bool parse(bool with_comments) {
    const char* end = text_.data() + text_.size();
    return nlohmann::json::sax_parse(CountingIterator(&position_), CountingIterator(&end), this,
                                     nlohmann::json::input_format_t::json, true, with_comments);
  }

  Node take() { return std::move(root_); }

  // The events.
  bool null() override { return add(Node()); }
  bool boolean(bool value) override { return add(Node::boolean(value)); }
  bool string(string_t& value) override { return add(Node::string(value)); }
  bool number_integer(number_integer_t) override { return add_number(); }
  bool number_unsigned(number_unsigned_t) override { return add_number(); }
  bool number_float(number_float_t, const string_t&) override { return add_number(); }
  bool binary(binary_t&) override { return false; }  // no such thing in JSON text
  bool start_object(size_t) override { return open(Node::object()); }
  bool start_array(size_t) override { return open(Node::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    key_ = name;
    key_origin_ = origin();
    const auto [first, is_new] = open_.back().lines.emplace(name, key_origin_.line);
    if (!is_new) fail(key_origin_, path_of_next(), given_twice(first->second));
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) {
      step_back_to_number();
      fail(origin(), path_of_next(),
           fmt::format("{} is too large; the largest number is about 1.8e308", shortened(raw_number())));
    }
    return false;
  }

 private:
  bool add_number() {
    const char* const read = position_;
    step_back_to_number();
    place(Node::number(raw_number()));
    position_ = read;
    return true;
  }

  // The lexer finds the end of a number by reading one character past it.
  void step_back_to_number() {
    if (!is_part_of_number(position_[-1])) --position_;
  }

  // nlohmann turns integers beyond 64 bits into doubles and -0 into 0, so the text of the number counts.
  std::string raw_number() const {
    const char* begin = position_;
    while (begin != text_.data() && is_part_of_number(begin[-1])) --begin;
    return {begin, position_};
  }

  Origin origin() {
    // Events come in the order of the text: count on from where the last one was.
    if (line_ != 0) line_ += std::count(counted_, position_, '\n');
    counted_ = position_;
    return {source_, line_};
  }

  Node& place(Node node) {
    node.origin = origin();
    if (open_.empty()) return root_ = std::move(node);
    Node& parent = *open_.back().node;
    if (parent.is(Node::Kind::array)) return parent.children.emplace_back(std::move(node));
    node.origin = key_origin_;
    return parent.add(key_, std::move(node));
  }

  bool add(Node node) {
    place(std::move(node));
    return true;
  }

  bool open(Node node) {
    if (open_.size() == kDeepest) fail(origin(), "", fmt::format("nested deeper than {}", kDeepest));
    open_.push_back({&place(std::move(node)), {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  // The path of the value that is placed next.
  std::string path_of_next() const {
    std::string path;
    for (const Open& open : open_) {
      const bool in_array = open.node->is(Node::Kind::array);
      const bool is_last = &open == &open_.back();
      const size_t index = open.node->children.size() - (is_last ? 0 : 1);
      const std::string& key = is_last ? key_ : open.node->children.back().key;
      path = join(path, in_array ? std::to_string(index) : shortened(key));
    }
    return path;
  }

  static std::string given_twice(int64_t first_line) {
    if (first_line == 0) return "given twice; remove one of the two";
    return fmt::format("given twice, first in line {}; remove one of the two", first_line);
  }

  // An object or array that is not closed yet, the last child of its parent: its address holds until it is.
  struct Open {
    Node* node;
    std::unordered_map<std::string, int64_t> lines;  // of the keys so far
  };

  const std::string_view text_;
  const std::string& source_;
  const char* position_ = text_.data();
  const char* counted_ = text_.data();
  int64_t line_;  // 0 where lines don't count
  Node root_;
  std::vector<Open> open_;
  std::string key_;
  Origin key_origin_;
};

void refuse_unreadable_bytes(std::string_view text, const std::string& source) {
  // nlohmann takes a NUL for the end of the text, and looks at UTF-8 only inside strings.
  const size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    throw UsageError("{}: not a text file: a NUL byte; expected JSON", at(text, nul, source));
  }
  if (const auto offset = find_invalid_utf8(text)) {
    throw UsageError("{}: not valid UTF-8; save the file as UTF-8", at(text, *offset, source));
  }
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

bool is_plain(const Node& node) { return !node.is(Node::Kind::array) && !node.is(Node::Kind::object); }

void write(const Node& node, size_t indent, std::string& out);

void write_children(const Node& node, size_t indent, std::string& out) {
  const bool is_one_line = node.is(Node::Kind::array) && std::ranges::all_of(node.children, is_plain);
  const std::string separator = is_one_line ? " " : "\n" + std::string(indent + 2, ' ');
  for (const Node& child : node.children) {
    if (&child != &node.children.front()) out += ',';
    if (!is_one_line || &child != &node.children.front()) out += separator;
    if (node.is(Node::Kind::object)) out += json_string(child.key) + ": ";
    write(child, indent + 2, out);
  }
  if (!is_one_line) out += "\n" + std::string(indent, ' ');
}

void write(const Node& node, size_t indent, std::string& out) {
  switch (node.kind) {
    case Node::Kind::null:
      out += "null";
      return;
    case Node::Kind::boolean:
    case Node::Kind::number:
      out += node.text;
      return;
    case Node::Kind::string:
      out += json_string(node.text);
      return;
    case Node::Kind::array:
    case Node::Kind::object:
      const bool is_array = node.is(Node::Kind::array);
      out += is_array ? '[' : '{';
      if (!node.children.empty()) write_children(node, indent, out);
      out += is_array ? ']' : '}';
  }
}

}  // namespace

Node parse_json(std::string_view text, const std::string& source) {
  refuse_unreadable_bytes(text, source);
  text = without_byte_order_mark(text);
  TreeBuilder builder(text, source, 1);
  if (!builder.parse(true)) throw_syntax_error(text, source);
  return builder.take();
}

std::optional<Node> parse_json_value(std::string_view text, const std::string& source) {
  TreeBuilder builder(text, source, 0);
  if (text.find('\0') != std::string_view::npos || !builder.parse(false)) return std::nullopt;
  return builder.take();
}

std::string to_json(const Node& node) {
  std::string out;
  write(node, 0, out);
  return out + "\n";
}

std::string json_string(std::string_view text) {
  return on_one_line(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace vae::detail
