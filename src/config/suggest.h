// The name a person meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vae::detail {

/// The number of insertions, deletions, replacements and swaps of neighbours that make `b` of `a` (optimal
/// string alignment).
size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `names`, unless all are too far from `name` to have been meant.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names);

/// `did you mean "latent"? Known here: latent, hidden`; without the question where nothing is near.
std::string advice(std::string_view name, std::span<const std::string_view> names);

/// `latent, hidden, activation`.
std::string listed(std::span<const std::string_view> names);

}  // namespace vae::detail
