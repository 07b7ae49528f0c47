#include "config/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace vae::detail {

size_t edit_distance(std::string_view a, std::string_view b) {
  // Row i holds the distances of the first i characters of a to each beginning of b.
  std::vector<size_t> two_above(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(two_above, above);
    std::swap(above, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names) {
  const auto distance_to = [name](std::string_view other) { return edit_distance(name, other); };
  const auto best = std::ranges::min_element(names, {}, distance_to);
  if (best == names.end()) return std::nullopt;
  // A typo changes a third of a name at most: beyond that it is another word.
  const size_t furthest = std::max<size_t>(1, best->size() / 3);
  if (distance_to(*best) > furthest) return std::nullopt;
  return *best;
}

std::string advice(std::string_view name, std::span<const std::string_view> names) {
  const auto meant = nearest(name, names);
  const std::string known = fmt::format("Known here: {}", listed(names));
  return meant ? fmt::format("did you mean \"{}\"? {}", *meant, known) : known;
}

std::string listed(std::span<const std::string_view> names) {
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace vae::detail
