// The field table of a config struct: each key once, with its member, constraint and help.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace vae {

/// Names a type as an argument, so that its tables are found in its own namespace:
///   inline constexpr auto fields(Tag<AdamConfig>) { return std::tuple{field(...), ...}; }
///   inline constexpr auto names(Tag<Precision>) { return std::array{std::pair{"float32",
///   Precision::float32}}; }
/// A struct may also have `std::optional<std::string> check(const AdamConfig&)`, run once its fields are
/// bound; the text it returns becomes the error.
template <class T>
struct Tag {
  using type = T;
};

/// The numbers between two bounds. Holds for every element of a vector, and for the value of an optional.
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool includes_low = false;
  bool includes_high = false;

  constexpr bool contains(double x) const {
    return (includes_low ? x >= low : x > low) && (includes_high ? x <= high : x < high);
  }
  /// "> 0", "in [0, 1)".
  std::string text() const;
};

inline constexpr Interval positive{.low = 0.0};
inline constexpr Interval non_negative{.low = 0.0, .includes_low = true};
constexpr Interval at_least(double low) { return {.low = low, .includes_low = true}; }
constexpr Interval closed(double low, double high) {
  return {.low = low, .high = high, .includes_low = true, .includes_high = true};
}
constexpr Interval open(double low, double high) { return {.low = low, .high = high}; }
constexpr Interval half_open(double low, double high) {
  return {.low = low, .high = high, .includes_low = true};
}

/// A string out of a fixed list. An enum with names is the better choice where code branches on the value.
template <size_t kCount>
struct Choice {
  std::array<std::string_view, kCount> allowed{};
};

template <size_t kCount>
constexpr Choice<kCount> one_of(const char* const (&allowed)[kCount]) {
  Choice<kCount> choice;
  for (size_t i = 0; i < kCount; ++i) choice.allowed[i] = allowed[i];
  return choice;
}

struct Unconstrained {};

namespace detail {

/// What a constraint on a field of type T speaks about: T, or what an optional, vector or array of T holds.
template <class T>
struct Constrained {
  using type = T;
};
template <class T>
struct Constrained<std::optional<T>> : Constrained<T> {};
template <class T>
struct Constrained<std::vector<T>> : Constrained<T> {};
template <class T, size_t kSize>
struct Constrained<std::array<T, kSize>> : Constrained<T> {};

template <class Constraint>
inline constexpr bool kIsChoice = false;
template <size_t kCount>
inline constexpr bool kIsChoice<Choice<kCount>> = true;

template <class Constraint, class T>
concept Constrains = (std::same_as<Constraint, Interval> && std::is_arithmetic_v<T> &&
                      !std::same_as<T, bool>) ||
                     (kIsChoice<Constraint> && std::same_as<T, std::string>);

}  // namespace detail

/// One row of a field table.
template <class Owner, class Value, class Constraint>
struct Field {
  std::string_view key;
  Value Owner::*member;
  Constraint constraint;
  std::string_view help;
  bool is_required = false;
};

/// A key with a default: the one its member has in a default-constructed struct.
template <class Owner, class Value>
constexpr auto field(std::string_view key, Value Owner::*member, const char* help) {
  return Field<Owner, Value, Unconstrained>{key, member, {}, help};
}

template <class Owner, class Value, class Constraint>
requires detail::Constrains<Constraint, typename detail::Constrained<Value>::type>
constexpr auto field(std::string_view key, Value Owner::*member, Constraint constraint, const char* help) {
  return Field<Owner, Value, Constraint>{key, member, constraint, help};
}

/// A key without a default: leaving it out is an error.
template <class Owner, class Value>
constexpr auto required(std::string_view key, Value Owner::*member, const char* help) {
  return Field<Owner, Value, Unconstrained>{key, member, {}, help, true};
}

template <class Owner, class Value, class Constraint>
requires detail::Constrains<Constraint, typename detail::Constrained<Value>::type>
constexpr auto required(std::string_view key, Value Owner::*member, Constraint constraint, const char* help) {
  return Field<Owner, Value, Constraint>{key, member, constraint, help, true};
}

}  // namespace vae
