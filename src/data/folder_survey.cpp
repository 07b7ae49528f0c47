#include "data/folder_survey.h"

#include <algorithm>

#include "core/error.h"
#include "core/median.h"
#include "data/folder.h"
#include "data/folder_files.h"
#include "images/decode.h"

namespace vae {
namespace {

constexpr size_t kLookedAt = 200;
constexpr int kColourless = 8;       // difference of two channels, of 255: JPEG's own error
constexpr int kNearEnd = 32;         // of 255, from black or white
constexpr double kNearShare = 0.95;  // of the pixels that must be there

std::vector<std::string> picture_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const FolderFile& file : list_files(folder).files) {
    if (is_named_like_picture(file.name)) names.push_back(file.name);
  }
  return names;
}

bool is_grey(const Image& image) {
  for (size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    const auto [low, high] = std::minmax({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]});
    if (high - low > kColourless) return false;
  }
  return true;
}

double share_of_ends(const Image& image) {
  const auto near = std::count_if(image.pixels.begin(), image.pixels.end(),
                                  [](uint8_t value) { return value <= kNearEnd || value >= 255 - kNearEnd; });
  return static_cast<double>(near) / static_cast<double>(image.pixels.size());
}

}  // namespace

FolderSurvey survey_folder(const std::filesystem::path& folder) {
  const std::vector<std::string> names = picture_names(folder);
  FolderSurvey survey = {.count = std::ssize(names),
                         .looked_at = std::ssize(names),
                         .classes = class_names(names),
                         .is_grey = true};
  std::vector<int64_t> widths, heights;
  double ends = 0;
  const size_t looked_at = std::min(names.size(), kLookedAt);
  survey.looked_at = static_cast<int64_t>(looked_at);
  for (size_t i = 0; i < looked_at; ++i) {
    try {
      const Image image = read_image(folder / names[i * names.size() / looked_at], DecodeOptions{});
      widths.push_back(image.width);
      heights.push_back(image.height);
      survey.is_grey = survey.is_grey && is_grey(image);
      ends += share_of_ends(image);
    } catch (const Error&) {
      ++survey.unreadable;
    }
  }
  if (widths.empty()) {
    throw DataError("{}: no picture that can be used among {} files; expected JPEG, PNG or WebP files",
                    printable(folder), names.size());
  }
  survey.width = median(widths);
  survey.height = median(heights);
  survey.is_black_and_white = survey.is_grey && ends / static_cast<double>(widths.size()) >= kNearShare;
  return survey;
}

}  // namespace vae
