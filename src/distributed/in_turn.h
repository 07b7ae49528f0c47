// Reading what several processes of a machine need.
#pragma once

#include <optional>
#include <utility>

#include "distributed/group.h"

namespace vae {

/// What `read` gives; on each machine one process reads first, so that the others find what it leaves in a
/// cache.
template <class Read>
auto in_turn(const Group& group, const Read& read) {
  std::optional<decltype(read())> result;
  if (group.is_first_here()) result.emplace(read());
  group.wait_for_all();
  if (!result) result.emplace(read());
  return *std::move(result);
}

}  // namespace vae
