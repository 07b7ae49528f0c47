// How many threads a computation can use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace vae {

/// Cores that this process may use, at least 1: those of the processors it is bound to, where hyper-threads
/// of one core count once, and no more than the quota of its control group.
int64_t usable_cores();

/// The same for a process bound to these processors of a system whose /sys is `sys`. What is not told there
/// counts as a core each.
int64_t usable_cores(std::span<const int> processors, const std::filesystem::path& sys);

}  // namespace vae
