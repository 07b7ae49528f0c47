// The processor that tensors live on.
#pragma once

#include <torch/types.h>

#include <string>

namespace vae {

/// "cpu", "cuda", "cuda:N", or "auto": CUDA where a card can be used, else the CPU.
/// UsageError where the name is none of these or the card is not there, saying what was found.
torch::Device open_device(const std::string& name);

}  // namespace vae
