// A quick look at a folder of pictures: what they are like, from some of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vae {

struct FolderSurvey {
  int64_t count = 0;                 // files that are called what pictures are called
  int64_t looked_at = 0;             // of them, evenly over the folder,
  int64_t unreadable = 0;            // and so many of these can't be used
  std::vector<std::string> classes;  // as training would see them
  int64_t width = 0, height = 0;     // medians
  bool is_grey = false;              // no colour in any of them
  bool is_black_and_white = false;   // and hardly a grey
};

/// DataError where there is no such folder, or no picture in it that can be used.
FolderSurvey survey_folder(const std::filesystem::path& folder);

}  // namespace vae
