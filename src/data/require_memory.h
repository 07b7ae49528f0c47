// Asking before taking a lot of memory: the kernel would grant it now and kill the process later.
#pragma once

#include <cstdint>
#include <string_view>

namespace vae {

/// MemoryError where `bytes` for `purpose` exceed 90 % of what the machine says it has to give. Where it does
/// not say, nothing is refused.
void require_memory(uint64_t bytes, std::string_view purpose);

}  // namespace vae
