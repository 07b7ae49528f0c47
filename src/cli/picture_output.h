// Pictures to files: all on one sheet, or one file each.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/results.h"
#include "images/image.h"

namespace vae {

/// Writes a PNG file, in a folder made where it is missing.
void write_picture(const std::filesystem::path& file, const Image& picture);

/// Makes a folder with those above it where they are missing. IoError where it can't be.
void make_folder(const std::filesystem::path& folder);

/// A picture of many, which the results name "sheet".
void write_sheet(Results& results, const std::filesystem::path& file, const Image& sheet);

/// An animation that may have been asked for.
struct Animation {
  std::filesystem::path file = {};
  int64_t frames_per_second = 10;
  int64_t zoom = 4;

  bool is_wanted() const { return !file.empty(); }
};

/// The frames there and back, enlarged, as an animated PNG, which the results name "animation".
void write_animation(Results& results, const Animation& animation, std::span<const Image> frames);

/// Columns of a grid of `count` pictures that is as square as it goes.
int64_t square_columns(size_t count);

/// One PNG file a picture under `names`, paths relative to the folder, which is made where it is missing.
/// The results name the "folder" and its "files". UsageError where a name leaves the folder.
void write_each(Results& results, const std::filesystem::path& folder, std::span<const Image> pictures,
                std::span<const std::string> names);

/// 0000.png, 0001.png, ...
std::vector<std::string> numbered_names(size_t count);

/// cat/0000.png, cat/0001.png, ..., dog/0000.png, ...: `count` of each class.
std::vector<std::string> names_by_class(std::span<const std::string> classes, size_t count);

/// The sources' names with .png behind: cat/1.jpg becomes cat/1.png, or cat/1.jpg.png where that would name
/// two.
std::vector<std::string> png_names(std::span<const std::string> sources);

}  // namespace vae
