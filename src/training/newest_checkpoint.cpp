#include "training/newest_checkpoint.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <system_error>

#include "core/error.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// Nothing where it can't be read; then `reason` says why.
std::optional<Checkpoint> try_to_load(const fs::path& file, std::string& reason) {
  try {
    return Checkpoint::load(file);
  } catch (const Error& error) {
    reason = error.what();
    return std::nullopt;
  }
}

std::optional<Checkpoint> furthest_in(const fs::path& folder) {
  std::optional<Checkpoint> furthest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".safetensors") continue;
    std::string reason;
    std::optional<Checkpoint> checkpoint = try_to_load(entry.path(), reason);
    if (checkpoint && (!furthest || checkpoint->state.step > furthest->state.step)) {
      furthest = std::move(checkpoint);
    }
  }
  return furthest;
}

}  // namespace

Checkpoint newest_checkpoint(const RunFolder& folder) {
  const fs::path last = folder.last_checkpoint();
  std::string reason =
      fmt::format("{}: holds no checkpoints/last.safetensors to go on from; start a run with --config",
                  folder.path().string());
  if (fs::exists(last)) {
    if (std::optional<Checkpoint> checkpoint = try_to_load(last, reason)) return *std::move(checkpoint);
  }
  std::optional<Checkpoint> furthest = furthest_in(last.parent_path());
  if (!furthest) throw CheckpointError("{}", reason);
  spdlog::warn("{}", reason);
  spdlog::warn("going on from {}, step {}, instead", furthest->path.string(), furthest->state.step);
  return *std::move(furthest);
}

}  // namespace vae
