#include "training/resumed_config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "config/parse.h"
#include "core/error.h"

namespace vae {
namespace {

// Changing these neither alters a step that was taken nor one that will be, or only adds steps.
constexpr std::array kMayChange = {"data.cache",
                                   "data.cache.path",
                                   "training.epochs",
                                   "training.patience",
                                   "training.log_every",
                                   "training.pictures_every",
                                   "training.save_every_steps",
                                   "training.keep_every_epochs",
                                   "training.profile"};

}  // namespace

Config resumed_config(const Checkpoint& checkpoint, const Config& wanted) {
  const int64_t begun = checkpoint.state.epoch + (checkpoint.state.position > 0 ? 1 : 0);
  if (wanted.training.epochs < begun) {
    throw UsageError("training.epochs: {}, but the run has begun epoch {}; give {} or more",
                     wanted.training.epochs, begun, begun);
  }
  std::vector<std::string> refused = differences(checkpoint.config, wanted);
  std::erase_if(refused, [](const std::string& path) {
    return std::find(kMayChange.begin(), kMayChange.end(), path) != kMayChange.end();
  });
  if (refused.empty()) return wanted;
  throw UsageError(
      "{}: differs from the run that is resumed; only {} may change. Start a new run for another config",
      fmt::join(refused, ", "), fmt::join(kMayChange, ", "));
}

}  // namespace vae
