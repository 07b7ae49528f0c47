#include "distributed/card_processes.h"
#include "distributed/group.h"

namespace vae {

bool carries_cards() { return false; }

c10::intrusive_ptr<c10d::Backend> connect_cards(const c10::intrusive_ptr<c10d::Store>&, int, int,
                                                std::chrono::milliseconds) {
  return {};
}

}  // namespace vae
