#include "config/values.h"

#include "config/suggest.h"
#include "config/utf8.h"
#include "core/error.h"
#include "core/one_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace vae {

std::string Interval::text() const {
  const bool has_low = std::isfinite(low);
  const bool has_high = std::isfinite(high);
  if (has_low && has_high) {
    return fmt::format("in {}{}, {}{}", includes_low ? '[' : '(', low, high, includes_high ? ']' : ')');
  }
  if (has_high) return fmt::format("{} {}", includes_high ? "<=" : "<", high);
  return fmt::format("{} {}", includes_low ? ">=" : ">", low);
}

namespace detail {

namespace {

void require_kind(const Node& node, const std::string& path, Node::Kind kind, std::string_view expected) {
  if (node.is(kind)) return;
  fail(node.origin, path, fmt::format("expected {}, found {}", expected, describe(node)));
}

// The digits of a JSON number if it is an integer, such as "1000" for 1e3 and "-2" for -2.0, exactly.
std::optional<std::string> integer_digits(std::string_view number) {
  constexpr int64_t kMostZeros = 20;  // more than any 64-bit integer has; the result is too large anyway
  const size_t mantissa_end = std::min(number.find_first_of("eE"), number.size());
  std::string_view mantissa = number.substr(0, mantissa_end);
  std::string_view exponent_text = number.substr(std::min(mantissa_end + 1, number.size()));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);

  int64_t exponent = 0;
  const auto parsed =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (parsed.ec == std::errc::result_out_of_range) exponent = exponent_text.starts_with('-') ? -1000 : 1000;

  const bool is_negative = mantissa.starts_with('-');
  if (is_negative) mantissa.remove_prefix(1);
  std::string digits(mantissa);
  const size_t point = digits.find('.');
  if (point != std::string::npos) {
    exponent -= static_cast<int64_t>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (exponent < 0 && digits.ends_with('0')) {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return "0";
  if (exponent < 0) return std::nullopt;
  digits.append(static_cast<size_t>(std::min(exponent, kMostZeros)), '0');
  return is_negative ? "-" + digits : digits;
}

template <class Integer>
Integer read_integer(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::number, "an integer");
  const auto digits = integer_digits(node.text);
  if (!digits) fail(node.origin, path, fmt::format("expected an integer, found {}", describe(node)));
  Integer value = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (error != std::errc() || end != digits->data() + digits->size()) {
    fail(node.origin, path,
         fmt::format("{} is out of range; expected an integer in [{}, {}]", shortened(node.text),
                     std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()));
  }
  return value;
}

template <class Integer>
Node write_integer(Integer value) {
  return Node::number(fmt::format("{}", value));
}

}  // namespace

bool read_boolean(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::boolean, "true or false");
  return node.text == "true";
}

int64_t read_int64(const Node& node, const std::string& path) { return read_integer<int64_t>(node, path); }

uint64_t read_uint64(const Node& node, const std::string& path) { return read_integer<uint64_t>(node, path); }

double read_double(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::number, "a number");
  double value = 0.0;
  const auto result = std::from_chars(node.text.data(), node.text.data() + node.text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    fail(node.origin, path, fmt::format("{} is not representable as a double", shortened(node.text)));
  }
  return value;
}

std::string read_string(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::string, "a string in double quotes");
  return node.text;
}

std::filesystem::path read_path(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::string, "a path in double quotes");
  if (node.text.empty()) fail(node.origin, path, "expected a path, found an empty string");
  if (node.text.find('\0') != std::string::npos) fail(node.origin, path, "a path can't hold a NUL");
  const std::filesystem::path absolute = absolute_path(node.text);
  if (find_invalid_utf8(absolute.native())) {
    fail(node.origin, path, "the working directory's name is not UTF-8, which a config can't hold");
  }
  return absolute;
}

const Node& type_of(const Node& node, const std::string& path, std::span<const std::string_view> types) {
  if (node.is(Node::Kind::string)) return node;
  require_kind(node, path, Node::Kind::object, "an object with a \"type\"");
  const Node* type = node.find("type");
  if (type == nullptr)
    fail(node.origin, path, fmt::format("has no \"type\"; expected one of {}", listed(types)));
  return *type;
}

std::filesystem::path absolute_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path from_root = std::filesystem::absolute(path, error);
  if (error) throw IoError("the working directory can't be found: {}", error.message());
  std::filesystem::path absolute;
  for (const auto& component : from_root) {
    if (!component.empty() && component != ".") absolute /= component;
  }
  return absolute;
}

size_t read_name(const Node& node, const std::string& path, std::span<const std::string_view> names,
                 std::string_view what) {
  require_kind(node, path, Node::Kind::string, fmt::format("one of {}", listed(names)));
  const auto found = std::ranges::find(names, node.text);
  if (found == names.end()) {
    fail(node.origin, path,
         fmt::format("unknown {} {}; {}", what, in_quotes(node.text), advice(node.text, names)));
  }
  return static_cast<size_t>(found - names.begin());
}

void require_object(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::object, "an object");
}

void require_array(const Node& node, const std::string& path) {
  require_kind(node, path, Node::Kind::array, "an array");
}

void require_size(const Node& array, const std::string& path, size_t size) {
  if (array.children.size() == size) return;
  fail(array.origin, path, fmt::format("expected {} elements, found {}", size, array.children.size()));
}

namespace {

// A key of a file, in an object whose type an override has changed.
void refuse_left_over(const Node& object, const Node& child, const std::string& path) {
  const Node* type = object.find("type");
  if (type == nullptr || type->origin.line > 0 || child.origin.line == 0) return;
  fail(type->origin, path,
       fmt::format("type \"{}\" has no key \"{}\", which {} gives; to replace the whole object: --set {}={}",
                   type->text, on_one_line(shortened(child.key)), child.origin.text(), path, type->text));
}

}  // namespace

void require_known_keys(const Node& node, const std::string& path, std::span<const std::string_view> known) {
  for (const Node& child : node.children) {
    if (std::ranges::find(known, child.key) != known.end()) continue;
    refuse_left_over(node, child, path);
    fail(child.origin, join(path, shortened(child.key)),
         fmt::format("unknown key; {}", advice(child.key, known)));
  }
}

void require_inside(const Node& node, const std::string& path, const Interval& interval, double value) {
  if (interval.contains(value)) return;
  fail(node.origin, path,
       fmt::format("{} is out of range; expected a number {}", node.text, interval.text()));
}

void require_among(const Node& node, const std::string& path, std::span<const std::string_view> allowed) {
  read_name(node, path, allowed, "value");
}

Node write_number(int64_t value) { return write_integer(value); }

Node write_number(uint64_t value) { return write_integer(value); }

Node write_number(double value) {
  if (!std::isfinite(value))
    throw std::logic_error("a config holds finite numbers only; make it an optional");
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text(buffer.data(), result.ptr);
  // 1.0 rather than 1, for a reader to see that the key takes fractions.
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return Node::number(std::move(text));
}

}  // namespace detail

}  // namespace vae
