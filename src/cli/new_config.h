// A config to start from, with the reasons beside it.
#pragma once

#include <filesystem>
#include <string>

#include "data/folder_survey.h"

namespace vae {

/// For generated shapes: needs no data.
std::string new_config();

/// For a folder of pictures: size, channels, networks, likelihood and length that fit what was found in it.
std::string new_config(const std::filesystem::path& folder, const FolderSurvey& survey);

}  // namespace vae
