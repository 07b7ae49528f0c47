// Work on several threads that knows nothing of tensors.
#pragma once

#include <cstdint>
#include <functional>

namespace vae {

/// Calls `work` for 0 ... count - 1 on `threads` threads, each index once, and rethrows the error of the
/// lowest index that failed.
void for_each_index(int64_t count, int64_t threads, const std::function<void(int64_t)>& work);

}  // namespace vae
