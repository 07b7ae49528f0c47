#include "training/config.h"

#include "config/bind.h"
#include "training/state.h"

namespace vae {

std::optional<std::string> check(const Config& config) {
  const bool plain =
      !config.name.empty() && config.name.find('/') == std::string::npos && config.name[0] != '.';
  if (plain) return std::nullopt;
  return "name: expected a plain folder name: not empty, no \"/\", no \".\" in front";
}

template Config parse<Config>(const std::string&, const std::string&, std::span<const std::string>);
template Config parse_file<Config>(const std::filesystem::path&, std::span<const std::string>);
template std::string dump<Config>(const Config&);
template std::string schema<Config>(std::string_view);
template std::vector<std::string> differences<Config>(const Config&, const Config&);

template TrainingState parse<TrainingState>(const std::string&, const std::string&,
                                            std::span<const std::string>);
template std::string dump<TrainingState>(const TrainingState&);

template PictureDescription parse<PictureDescription>(const std::string&, const std::string&,
                                                      std::span<const std::string>);
template std::string dump<PictureDescription>(const PictureDescription&);

}  // namespace vae
