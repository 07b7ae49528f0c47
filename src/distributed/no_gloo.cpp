#include "core/error.h"
#include "distributed/group.h"

namespace vae {

bool carries_cards() { return false; }

std::shared_ptr<const Group> join(const Launch& launch, std::chrono::milliseconds) {
  if (launch.size == 1) return alone();
  throw UsageError(
      "training by {} processes: this program was built without Gloo's headers; install libgloo-dev and "
      "build again, or start one process",
      launch.size);
}

}  // namespace vae
