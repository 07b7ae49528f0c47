// Graphs as ONNX files.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "export/graph.h"

namespace vae {

/// UsageError where this program was built without the ONNX library.
void require_onnx();

/// Writes a graph atomically, once ONNX's own checker has found nothing wrong with it. UsageError where there
/// is no ONNX library, or the graph is larger than such a file can be, IoError where it can't be written.
void write_onnx(const std::filesystem::path& path, const Graph& graph,
                const std::map<std::string, std::string>& metadata);

}  // namespace vae
