#include "cli/picture_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "images/apng.h"
#include "images/enlarge.h"
#include "images/png.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

bool stays_inside(const fs::path& name) {
  const fs::path normal = name.lexically_normal();
  return !normal.is_absolute() && !normal.empty() && *normal.begin() != "..";
}

void make_folder_of(const fs::path& file) {
  if (file.has_parent_path()) make_folder(file.parent_path());
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError("{}: {}; choose another folder", folder.string(), error.message());
}

void write_picture(const fs::path& file, const Image& picture) {
  make_folder_of(file);
  write_png(file, picture);
}

void write_sheet(Results& results, const fs::path& file, const Image& sheet) {
  write_picture(file, sheet);
  results.wrote("sheet", file);
}

void write_animation(Results& results, const Animation& animation, std::span<const Image> frames) {
  std::vector<Image> there_and_back;
  for (const Image& frame : frames) there_and_back.push_back(enlarge(frame, animation.zoom));
  for (size_t i = frames.size() - 1; i-- > 1;) there_and_back.push_back(there_and_back[i]);
  make_folder_of(animation.file);
  write_apng(animation.file, there_and_back, animation.frames_per_second);
  results["frames"] = there_and_back.size();
  results.wrote("animation", animation.file);
}

int64_t square_columns(size_t count) {
  return static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
}

void write_each(Results& results, const fs::path& folder, std::span<const Image> pictures,
                std::span<const std::string> names) {
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (!stays_inside(names[i])) throw UsageError("\"{}\": leads out of {}", names[i], folder.string());
    write_picture(folder / names[i], pictures[i]);
  }
  results["folder"] = folder.string();
  results["files"] = std::vector<std::string>(names.begin(), names.end());
  results.say(fmt::format("{} pictures in {}", pictures.size(), folder.string()));
}

std::vector<std::string> numbered_names(size_t count) {
  const size_t digits = std::max<size_t>(4, fmt::format("{}", count).size());
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(fmt::format("{:0{}}.png", i, digits));
  return names;
}

std::vector<std::string> names_by_class(std::span<const std::string> classes, size_t count) {
  std::vector<std::string> names;
  for (const std::string& name : classes) {
    for (const std::string& number : numbered_names(count)) names.push_back(name + "/" + number);
  }
  return names;
}

std::vector<std::string> png_names(std::span<const std::string> sources) {
  const auto replaced = [](const std::string& source) {
    return fs::path(source).replace_extension(".png").string();
  };
  std::map<std::string, int> uses;  // of a short name, also as another's long one
  for (const std::string& source : sources) {
    ++uses[replaced(source)];
    ++uses[source + ".png"];
  }
  std::vector<std::string> names;
  for (const std::string& source : sources) {
    const std::string name = replaced(source);
    names.push_back(uses[name] == 1 ? name : source + ".png");
  }
  return names;
}

}  // namespace vae
