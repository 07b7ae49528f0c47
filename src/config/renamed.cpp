#include "config/renamed.h"

#include "core/one_line.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace vae::detail {

Node with_present_names(const Node& object, const std::string& path, std::span<const Renamed> table) {
  Node present = object;
  for (const auto& [from, to] : table) {
    Node* const old = present.find(from);
    if (old == nullptr) continue;
    if (present.find(to) != nullptr) {
      fail(old->origin, join(path, from),
           fmt::format("is called {} now, which is given, too; remove one", to));
    }
    spdlog::warn("{}: {}: is called {} now; the next version does not know the old name", old->origin.text(),
                 on_one_line(join(path, from)), to);
    old->key = to;
  }
  return present;
}

}  // namespace vae::detail
