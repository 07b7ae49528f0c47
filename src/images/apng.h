// Moving pictures as animated PNG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "images/image.h"

namespace vae {

/// One after the other, for ever, without loss: a PNG whose later frames lie in chunks of their own (Portable
/// Network Graphics, third edition, chunks acTL, fcTL and fdAT), so that a program that knows nothing of them
/// shows the first. UsageError where there is no frame or their shapes differ.
std::vector<std::byte> encode_apng(std::span<const Image> frames, int64_t frames_per_second);

/// Written atomically; IoError where it can't be.
void write_apng(const std::filesystem::path& path, std::span<const Image> frames, int64_t frames_per_second);

}  // namespace vae
