// The generator under the random streams.
#pragma once

#include <cstdint>
#include <span>

namespace vae {

constexpr uint64_t kPhiloxWords = 4;  // words one counter gives

/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the
/// words of the counters (upper, first), (upper, first + 1), ... under one key; words.size() is a multiple
/// of 4. Each half is two 32-bit words of the paper's counter, the lower word first; so is the key.
void philox4x32(uint64_t key, uint64_t upper, uint64_t first, std::span<uint32_t> words);

}  // namespace vae
