// Telling exhausted memory from other errors.
#pragma once

#include <exception>

namespace vae {

/// Whether this is what the standard library or LibTorch throws where there is no more memory.
bool is_out_of_memory(const std::exception& error);

}  // namespace vae
