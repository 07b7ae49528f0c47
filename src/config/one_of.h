// A closed list of config structs of which one is chosen by the key "type".
#pragma once

#include "config/fields.h"

#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace vae {

/// A row of a OneOf: its name in a config, and one line on what it is.
template <class T>
concept Alternative = std::default_initializable<T> && std::equality_comparable<T> && requires {
  { T::kType } -> std::convertible_to<std::string_view>;
  { T::kHelp } -> std::convertible_to<std::string_view>;
};

/// One of the config structs Ts, by default the first. In JSON an object whose key "type" is T::kType beside
/// the fields of T, or that name alone as a string where every field keeps its default.
template <Alternative... Ts>
class OneOf {
 public:
  using Variant = std::variant<Ts...>;

  /// The list of alternatives as another list, for instance OneOf<A, B>::As<::testing::Types>.
  template <template <class...> class List>
  using As = List<Ts...>;

  constexpr OneOf() = default;

  template <class T>
  requires(std::same_as<T, Ts> || ...) constexpr OneOf(T value)
      : variant_(std::move(value)) {}  // implicit: LikelihoodConfig x = BetaConfig{};

  template <class Visitor>
  constexpr decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), variant_);
  }
  template <class Visitor>
  constexpr decltype(auto) visit(Visitor&& visitor) {
    return std::visit(std::forward<Visitor>(visitor), variant_);
  }

  /// The chosen alternative if it is a T, else null.
  template <class T>
  constexpr const T* get_if() const {
    return std::get_if<T>(&variant_);
  }
  template <class T>
  constexpr T* get_if() {
    return std::get_if<T>(&variant_);
  }

  template <class T>
  constexpr bool is() const {
    return std::holds_alternative<T>(variant_);
  }

  /// The name of the chosen alternative.
  constexpr std::string_view type() const {
    return visit([]<class T>(const T&) { return std::string_view(T::kType); });
  }

  constexpr const Variant& variant() const { return variant_; }

  bool operator==(const OneOf&) const = default;

 private:
  Variant variant_;
};

namespace detail {

template <class... Ts, class Visitor>
constexpr void for_each_of(Tag<OneOf<Ts...>>, Visitor&& visitor) {
  (visitor(Tag<Ts>{}), ...);
}

}  // namespace detail

/// Calls visitor(Tag<T>{}) for every alternative T of a OneOf, in order.
template <class AnyOneOf, class Visitor>
constexpr void for_each_alternative(Visitor&& visitor) {
  detail::for_each_of(Tag<AnyOneOf>{}, std::forward<Visitor>(visitor));
}

}  // namespace vae
