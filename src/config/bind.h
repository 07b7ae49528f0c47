// The bodies of config/parse.h: what a field table means for parsing, writing and the schema. Heavy to
// compile; for the one .cpp that instantiates a root struct.
#pragma once

#include "config/difference.h"
#include "config/json_text.h"
#include "config/node.h"
#include "config/one_of.h"
#include "config/override.h"
#include "config/parse.h"
#include "config/renamed.h"
#include "config/schema_parts.h"
#include "config/source.h"
#include "config/values.h"

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace vae::detail {

// ---- What kinds of types there are ----

template <class T>
concept HasFields = requires {
  fields(Tag<T>{});
};

template <class T>
concept HasNames = std::is_enum_v<T> && requires {
  names(Tag<T>{});
};

template <class T>
concept HasCheck = requires(const T& value) {
  { check(value) } -> std::same_as<std::optional<std::string>>;
};

template <class T>
concept HasRenamedKeys = requires {
  renamed(Tag<T>{});
};

template <class T>
inline constexpr bool kIsOneOf = false;
template <class... Ts>
inline constexpr bool kIsOneOf<OneOf<Ts...>> = true;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
inline constexpr bool kIsArray = false;
template <class T, size_t kSize>
inline constexpr bool kIsArray<std::array<T, kSize>> = true;

template <class T>
inline constexpr bool kIsSequence = kIsVector<T> || kIsArray<T>;

// ---- Tables ----

template <HasFields T, class Visitor>
void for_each_field(Visitor&& visitor) {
  std::apply([&](const auto&... row) { (visitor(row), ...); }, fields(Tag<T>{}));
}

template <HasFields T>
std::vector<std::string_view> keys_of() {
  std::vector<std::string_view> keys;
  for_each_field<T>([&](const auto& row) { keys.push_back(row.key); });
  return keys;
}

/// Whether the keys of a table differ from each other and from those that are taken already.
template <HasFields T>
consteval bool keys_are_distinct(auto... taken) {
  return std::apply(
      [&](const auto&... row) {
        const std::array<std::string_view, sizeof...(taken) + sizeof...(row)> keys{taken..., row.key...};
        for (size_t i = 0; i < keys.size(); ++i) {
          for (size_t j = 0; j < i; ++j) {
            if (keys[i] == keys[j]) return false;
          }
        }
        return true;
      },
      fields(Tag<T>{}));
}

/// What a key that may have an old name is called now.
template <HasFields T>
std::string_view present_name(std::string_view key) {
  if constexpr (HasRenamedKeys<T>) {
    for (const Renamed& row : renamed(Tag<T>{})) {
      if (row.from == key) return row.to;
    }
  }
  return key;
}

template <class AnyOneOf>
std::vector<std::string_view> types_of() {
  std::vector<std::string_view> types;
  for_each_alternative<AnyOneOf>([&]<class A>(Tag<A>) { types.push_back(A::kType); });
  return types;
}

template <HasNames E>
std::vector<std::string_view> names_of() {
  std::vector<std::string_view> result;
  for (const auto& [name, value] : names(Tag<E>{})) result.push_back(name);
  return result;
}

/// An alternative to start from: the default where it is of this type, else a new one.
template <class A, class AnyOneOf>
A alternative_or_new(const AnyOneOf& current) {
  const A* same = current.template get_if<A>();
  return same != nullptr ? *same : A{};
}

// ---- Values to trees ----

template <class T>
Node to_node(const T& value);

template <HasFields T>
void add_fields(const T& value, Node& object) {
  for_each_field<T>([&](const auto& row) { object.add(row.key, to_node(value.*row.member)); });
}

template <HasNames E>
Node name_to_node(E value) {
  for (const auto& [name, named] : names(Tag<E>{})) {
    if (named == value) return Node::string(name);
  }
  throw std::logic_error("an enum value without a name in its table");
}

template <class T>
Node to_node(const T& value) {
  if constexpr (std::same_as<T, bool>) {
    return Node::boolean(value);
  } else if constexpr (std::same_as<T, int64_t> || std::same_as<T, uint64_t> || std::same_as<T, double>) {
    return write_number(value);
  } else if constexpr (std::same_as<T, std::string>) {
    return Node::string(value);
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    return Node::string(value.native());
  } else if constexpr (HasNames<T>) {
    return name_to_node(value);
  } else if constexpr (kIsOptional<T>) {
    return value ? to_node(*value) : Node();
  } else if constexpr (kIsSequence<T>) {
    Node array = Node::array();
    for (const auto& element : value) array.children.push_back(to_node(element));
    return array;
  } else if constexpr (kIsOneOf<T>) {
    Node object = Node::object();
    object.add("type", Node::string(value.type()));
    value.visit([&](const auto& alternative) { add_fields(alternative, object); });
    return object;
  } else {
    static_assert(HasFields<T>, "a config value needs a type of config/fields.h, or a table fields(Tag<T>)");
    Node object = Node::object();
    add_fields(value, object);
    return object;
  }
}

// ---- Trees to values ----

/// Writes `node` over `value`, which holds the default of this place: a key that is absent keeps it.
template <class T, class Constraint>
void bind_value(const Node& node, const std::string& path, const Constraint& constraint, T& value);

/// Finishes a value whose key is absent: its own required keys are missing too, and paths become absolute.
template <class T>
void bind_absent(const Origin& origin, const std::string& path, T& value);

template <HasFields T>
void run_check(const Origin& origin, const std::string& path, const T& value) {
  if constexpr (HasCheck<T>) {
    if (const std::optional<std::string> complaint = check(value)) {
      fail_check(origin, path, *complaint);
    }
  }
}

template <class Row, class T>
void bind_absent_field(const Origin& origin, const std::string& path, const Row& row, T& value) {
  if (row.is_required) {
    fail(origin, join(path, row.key), fmt::format("missing, and has no default: {}", row.help));
  }
  bind_absent(origin, join(path, row.key), value);
}

template <HasFields T>
void bind_fields(const Node& node, const std::string& path, T& value) {
  for_each_field<T>([&](const auto& row) {
    auto& member = value.*row.member;
    if (const Node* given = node.find(row.key)) {
      bind_value(*given, join(path, row.key), row.constraint, member);
    } else {
      bind_absent_field(node.origin, path, row, member);
    }
  });
  run_check(node.origin, path, value);
}

template <HasFields T>
void bind_object(const Node& node, const std::string& path, std::span<const std::string_view> known,
                 T& value) {
  if constexpr (HasRenamedKeys<T>) {
    const Node present = with_present_names(node, path, renamed(Tag<T>{}));
    require_known_keys(present, path, known);
    bind_fields(present, path, value);
  } else {
    require_known_keys(node, path, known);
    bind_fields(node, path, value);
  }
}

template <HasFields T>
void bind_struct(const Node& node, const std::string& path, T& value) {
  static_assert(keys_are_distinct<T>());
  require_object(node, path);
  bind_object(node, path, keys_of<T>(), value);
}

template <class A, class AnyOneOf>
void bind_alternative(const Node& node, const std::string& path, AnyOneOf& value) {
  static_assert(keys_are_distinct<A>("type"));
  std::vector<std::string_view> known = keys_of<A>();
  known.insert(known.begin(), "type");
  A alternative = alternative_or_new<A>(value);
  bind_object(node, path, known, alternative);
  value = std::move(alternative);
}

template <class AnyOneOf>
void bind_one_of(const Node& node, const std::string& path, AnyOneOf& value) {
  const std::vector<std::string_view> types = types_of<AnyOneOf>();
  const Node& type = type_of(node, path, types);
  const size_t chosen = read_name(type, &type == &node ? path : join(path, "type"), types, "type");
  for_each_alternative<AnyOneOf>([&]<class A>(Tag<A>) {
    if (types[chosen] == A::kType) bind_alternative<A>(node, path, value);
  });
}

template <class T, class Constraint>
void bind_sequence(const Node& node, const std::string& path, const Constraint& constraint, T& value) {
  require_array(node, path);
  if constexpr (kIsVector<T>) {
    value.assign(node.children.size(), typename T::value_type{});
  } else {
    require_size(node, path, value.size());
  }
  for (size_t i = 0; i < value.size(); ++i) {
    bind_value(node.children[i], join(path, std::to_string(i)), constraint, value[i]);
  }
}

template <class T, class Constraint>
void bind_optional(const Node& node, const std::string& path, const Constraint& constraint,
                   std::optional<T>& value) {
  if (node.is(Node::Kind::null)) {
    value.reset();
    return;
  }
  if (!value) value.emplace();
  bind_value(node, path, constraint, *value);
}

template <class T>
T read_leaf(const Node& node, const std::string& path) {
  if constexpr (std::same_as<T, bool>) {
    return read_boolean(node, path);
  } else if constexpr (std::same_as<T, int64_t>) {
    return read_int64(node, path);
  } else if constexpr (std::same_as<T, uint64_t>) {
    return read_uint64(node, path);
  } else if constexpr (std::same_as<T, double>) {
    return read_double(node, path);
  } else if constexpr (std::same_as<T, std::string>) {
    return read_string(node, path);
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    return read_path(node, path);
  } else {
    return names(Tag<T>{})[read_name(node, path, names_of<T>(), "value")].second;
  }
}

template <class T, class Constraint>
void bind_value(const Node& node, const std::string& path, const Constraint& constraint, T& value) {
  if constexpr (kIsOptional<T>) {
    bind_optional(node, path, constraint, value);
  } else if constexpr (kIsSequence<T>) {
    bind_sequence(node, path, constraint, value);
  } else if constexpr (kIsOneOf<T>) {
    bind_one_of(node, path, value);
  } else if constexpr (HasFields<T>) {
    bind_struct(node, path, value);
  } else {
    value = read_leaf<T>(node, path);
    if constexpr (std::same_as<Constraint, Interval>) {
      require_inside(node, path, constraint, static_cast<double>(value));
    } else if constexpr (kIsChoice<Constraint>) {
      require_among(node, path, constraint.allowed);
    }
  }
}

template <class T>
void bind_absent(const Origin& origin, const std::string& path, T& value) {
  if constexpr (std::same_as<T, std::filesystem::path>) {
    if (!value.empty()) value = absolute_path(value);
  } else if constexpr (kIsOptional<T>) {
    if (value) bind_absent(origin, path, *value);
  } else if constexpr (kIsSequence<T>) {
    for (size_t i = 0; i < value.size(); ++i) bind_absent(origin, join(path, std::to_string(i)), value[i]);
  } else if constexpr (kIsOneOf<T>) {
    value.visit([&](auto& alternative) { bind_absent(origin, path, alternative); });
  } else if constexpr (HasFields<T>) {
    for_each_field<T>([&](const auto& row) { bind_absent_field(origin, path, row, value.*row.member); });
  }
}

// ---- Overrides ----
// An override may name a key inside something the file leaves out: what lies on the way to it is then put
// into the tree, with no more in it than the path needs, so that every other key still has its default.

/// The least that stands for a default: an object without keys, a OneOf with its type, an array in full.
template <class T>
Node outline(const T& value) {
  if constexpr (kIsOptional<T>) {
    return value ? outline(*value) : outline(typename T::value_type{});
  } else if constexpr (kIsOneOf<T>) {
    Node object = Node::object();
    object.add("type", Node::string(value.type()));
    return object;
  } else if constexpr (kIsSequence<T>) {
    return to_node(value);
  } else if constexpr (HasFields<T>) {
    return Node::object();
  } else {
    return to_node(value);
  }
}

/// Puts what is missing between `node` and the last component of `path` into the tree; `value` is the
/// default.
template <class T>
void make_way(Node& node, std::span<const std::string> path, const Origin& origin, const T& value);

template <HasFields T>
void make_way_to_field(Node& node, std::span<const std::string> path, const Origin& origin, const T& value) {
  if (path.size() < 2 || !node.is(Node::Kind::object)) return;
  for_each_field<T>([&](const auto& row) {
    if (row.key != present_name<T>(path.front())) return;
    const auto& member = value.*row.member;
    if (node.find(path.front()) == nullptr) {
      // What has no default is not taken from one either.
      node.add(path.front(), with_origin(row.is_required ? Node::object() : outline(member), origin));
    }
    make_way(*node.find(path.front()), path.subspan(1), origin, member);
  });
}

template <class T>
void make_way(Node& node, std::span<const std::string> path, const Origin& origin, const T& value) {
  if (path.empty()) return;
  if constexpr (kIsOptional<T>) {
    if (node.is(Node::Kind::null)) node.replace(with_origin(outline(value), origin));
    make_way(node, path, origin, value ? *value : typename T::value_type{});
  } else if constexpr (kIsSequence<T>) {
    Node* element = find_element(node, path.front());
    if (element != nullptr) make_way(*element, path.subspan(1), origin, typename T::value_type{});
  } else if constexpr (kIsOneOf<T>) {
    expand_bare_type(node);
    const Node* given = node.find("type");
    const std::string type = given != nullptr ? given->text : "";  // a copy: members are added below
    for_each_alternative<T>([&]<class A>(Tag<A>) {
      if (type != A::kType) return;
      make_way_to_field(node, path, origin, alternative_or_new<A>(value));
    });
  } else if constexpr (HasFields<T>) {
    make_way_to_field(node, path, origin, value);
  }
}

// ---- Schema ----

/// Whether a value can't be left out, because a key without a default is somewhere inside.
template <class T>
bool needs_keys(const T& value) {
  bool needs = false;
  if constexpr (kIsOneOf<T>) {
    value.visit([&](const auto& alternative) { needs = needs_keys(alternative); });
  } else if constexpr (HasFields<T>) {
    for_each_field<T>(
        [&](const auto& row) { needs = needs || row.is_required || needs_keys(value.*row.member); });
  }
  return needs;
}

template <class T, class Constraint>
Node value_schema(const T& value, const Constraint& constraint);

template <HasFields T>
Node object_schema(const T& value, Node properties) {
  std::vector<std::string> required_keys;
  for (const Node& property : properties.children) required_keys.push_back(property.key);
  for_each_field<T>([&](const auto& row) {
    const auto& member = value.*row.member;
    const bool is_required = row.is_required || needs_keys(member);
    Node property = value_schema(member, row.constraint);
    property.add("description", Node::string(row.help));
    if (is_required) {
      required_keys.emplace_back(row.key);
    } else {
      property.add("default", to_node(member));
    }
    properties.add(row.key, std::move(property));
  });
  return closed_object_schema(std::move(properties), required_keys);
}

template <class A>
Node alternative_schema(const A& value) {
  Node properties = Node::object();
  properties.add("type", const_schema(A::kType));
  Node schema = object_schema(value, std::move(properties));
  schema.add("description", Node::string(A::kHelp));
  return schema;
}

template <class AnyOneOf>
Node one_of_schema(const AnyOneOf& value) {
  std::vector<Node> choices;
  std::vector<std::string_view> bare_types;  // those that may stand without an object
  for_each_alternative<AnyOneOf>([&]<class A>(Tag<A>) {
    const A alternative = alternative_or_new<A>(value);
    choices.push_back(alternative_schema(alternative));
    if (!needs_keys(alternative)) bare_types.push_back(A::kType);
  });
  if (!bare_types.empty()) choices.push_back(enum_schema(bare_types));
  return choice_schema("oneOf", std::move(choices));
}

template <class T, class Constraint>
Node sequence_schema(const T& value, const Constraint& constraint) {
  Node schema = type_schema("array");
  schema.add("items", value_schema(typename T::value_type{}, constraint));
  if constexpr (kIsArray<T>) add_size(schema, value.size());
  return schema;
}

template <class T, class Constraint>
Node leaf_schema(const Constraint& constraint) {
  if constexpr (kIsChoice<Constraint>) {
    return enum_schema(constraint.allowed);
  } else if constexpr (std::same_as<Constraint, Interval>) {
    return number_schema(Tag<T>{}, &constraint);
  } else if constexpr (std::same_as<T, bool>) {
    return type_schema("boolean");
  } else if constexpr (std::same_as<T, std::string>) {
    return type_schema("string");
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    return path_schema();
  } else if constexpr (HasNames<T>) {
    return enum_schema(names_of<T>());
  } else {
    return number_schema(Tag<T>{}, nullptr);
  }
}

template <class T, class Constraint>
Node value_schema(const T& value, const Constraint& constraint) {
  if constexpr (kIsOptional<T>) {
    using Value = typename T::value_type;
    return choice_schema("anyOf", {value_schema(value ? *value : Value{}, constraint), type_schema("null")});
  } else if constexpr (kIsSequence<T>) {
    return sequence_schema(value, constraint);
  } else if constexpr (kIsOneOf<T>) {
    return one_of_schema(value);
  } else if constexpr (HasFields<T>) {
    return object_schema(value, Node::object());
  } else {
    return leaf_schema<T>(constraint);
  }
}

}  // namespace vae::detail

namespace vae {

template <class T>
T parse(const std::string& text, const std::string& source_name, std::span<const std::string> overrides) {
  detail::Node root = detail::parse_json(text, source_name);
  T config{};
  for (const std::string& override_text : overrides) {
    const detail::Override change = detail::parse_override(override_text);
    detail::make_way(root, change.path, change.value.origin, config);
    detail::apply_override(change, root);
  }
  detail::bind_value(root, "", Unconstrained{}, config);
  return config;
}

template <class T>
T parse_file(const std::filesystem::path& path, std::span<const std::string> overrides) {
  return parse<T>(detail::read_config_file(path), path.string(), overrides);
}

template <class T>
std::string dump(const T& config) {
  return detail::to_json(detail::to_node(config));
}

template <class T>
std::string schema(std::string_view title) {
  return detail::to_json(detail::document_schema(title, detail::value_schema(T{}, Unconstrained{})));
}

template <class T>
std::vector<std::string> differences(const T& a, const T& b) {
  return detail::differing_paths(detail::to_node(a), detail::to_node(b));
}

}  // namespace vae
