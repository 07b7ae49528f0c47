// What carries tensors between the cards of several processes.
#pragma once

#include <chrono>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace vae {

/// NCCL's processes, which meet in the store at their first tensor; null where this program was built without
/// NCCL's header. Who waits for a tensor longer than `timeout` gets an exception of c10d.
c10::intrusive_ptr<c10d::Backend> connect_cards(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                                int size, std::chrono::milliseconds timeout);

}  // namespace vae
