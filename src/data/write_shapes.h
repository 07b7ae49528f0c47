// The generated shapes as files.
#pragma once

#include <filesystem>

#include "data/shapes.h"

namespace vae {

/// Writes <shape>/<number>.png for each picture, and factors.csv with the factors of each in a row.
/// UsageError where the folder exists and is not empty.
void write_shapes(const ShapesConfig& config, const std::filesystem::path& folder);

}  // namespace vae
