// Pixels to PNG.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "images/image.h"

namespace vae {

/// 8-bit grey or RGB PNG; the same pixels always give the same bytes.
std::vector<std::byte> encode_png(const Image& image);

/// Written atomically; IoError where it can't be.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace vae
