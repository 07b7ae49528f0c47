#include "data/folder_config.h"

#include <algorithm>

namespace vae {

std::optional<std::string> check(const FolderConfig& config) {
  if (config.channels == 2) return "channels: expected 1 (grey) or 3 (colour), found 2";
  return std::nullopt;
}

DecodeOptions decode_options(const FolderConfig& config) {
  DecodeOptions options{.channels = config.channels, .target = TargetSize{config.width, config.height}};
  std::ranges::transform(config.background, options.background.begin(),
                         [](int64_t value) { return static_cast<uint8_t>(value); });
  return options;
}

}  // namespace vae
