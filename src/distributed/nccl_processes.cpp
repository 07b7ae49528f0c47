#include <cstdlib>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "distributed/card_processes.h"
#include "distributed/group.h"

namespace vae {

bool carries_cards() { return true; }

c10::intrusive_ptr<c10d::Backend> connect_cards(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                                int size, std::chrono::milliseconds timeout) {
  // Without it, nobody hears that a process is lost but a thread of the library's, which ends the program.
  setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}

}  // namespace vae
