// The processor that tensors live on.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

namespace vae {

/// "cpu", "cuda", "cuda:N", or "auto": CUDA where a card can be used, else the CPU. Of the processes on a
/// machine, "cuda" and "auto" give each the card of its local rank.
/// UsageError where the name is none of these or the card is not there, saying what was found.
torch::Device open_device(const std::string& name, int64_t local_rank = 0);

}  // namespace vae
