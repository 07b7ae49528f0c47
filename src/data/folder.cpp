#include "data/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <set>
#include <system_error>

#include "core/error.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// What lies below a folder: paths relative to it, in the order of their bytes.
struct Listing {
  std::vector<std::string> pictures;
  std::vector<std::string> others;
};

bool is_picture(const fs::path& path) {
  std::array<char, kSignatureSize> head;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw IoError("{}: can't be opened ({}); check its permissions", path.string(),
                  std::generic_category().message(errno));
  }
  file.read(head.data(), kSignatureSize);
  const auto bytes = std::as_bytes(std::span(head)).first(static_cast<size_t>(file.gcount()));
  return recognise(bytes) != ImageFormat::none;
}

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

/// Whether a link to a folder leads back to a folder that contains it.
bool closes_loop(const fs::recursive_directory_iterator& entry) {
  if (!entry->is_symlink()) return false;
  fs::path parent = entry->path();
  for (int depth = entry.depth(); depth >= 0; --depth) {
    parent = parent.parent_path();
    if (fs::equivalent(parent, entry->path())) return true;
  }
  return false;
}

Listing list(const fs::path& root) {
  Listing listing;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (auto entry = fs::recursive_directory_iterator(root, options); entry != fs::end(entry); ++entry) {
    std::error_code broken_link;
    const bool is_folder = entry->is_directory(broken_link);
    if (is_hidden(entry->path()) || (is_folder && closes_loop(entry))) {
      entry.disable_recursion_pending();
    } else if (!is_folder) {
      const bool picture = entry->is_regular_file(broken_link) && is_picture(entry->path());
      (picture ? listing.pictures : listing.others)
          .push_back(entry->path().lexically_relative(root).string());
    }
  }
  std::sort(listing.pictures.begin(), listing.pictures.end());
  std::sort(listing.others.begin(), listing.others.end());
  return listing;
}

Listing list_pictures(const fs::path& root) {
  std::error_code missing;
  if (!fs::is_directory(root, missing)) {
    const bool is_file = fs::exists(root, missing);
    throw DataError("{}: {}; give a folder of JPEG, PNG or WebP files", root.string(),
                    is_file ? "is no folder" : "no such folder");
  }
  Listing listing = list(root);
  if (!listing.pictures.empty()) return listing;
  if (listing.others.empty())
    throw DataError("{}: is empty; put JPEG, PNG or WebP files into it", root.string());
  throw DataError(
      "{}: holds no JPEG, PNG or WebP picture ({} other file{}, e.g. {}); convert the pictures to PNG",
      root.string(), listing.others.size(), listing.others.size() == 1 ? "" : "s", listing.others[0]);
}

/// The first folder of a relative path, or nothing where it is only a file.
std::string first_folder(const std::string& path) {
  const size_t slash = path.find('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::vector<std::string> class_names(std::span<const std::string> files) {
  std::set<std::string> folders;
  for (const std::string& file : files) folders.insert(first_folder(file));
  folders.erase("");
  if (folders.size() < 2) return {};
  return {folders.begin(), folders.end()};
}

std::vector<int64_t> class_labels(std::span<const std::string> files, std::span<const std::string> classes) {
  std::vector<int64_t> labels;
  labels.reserve(files.size());
  for (const std::string& file : files) {
    const std::string folder = first_folder(file);
    const auto position = std::lower_bound(classes.begin(), classes.end(), folder);
    labels.push_back(folder.empty() ? kNoLabel : position - classes.begin());
  }
  return labels;
}

DecodeOptions decode_options(const FolderConfig& config) {
  DecodeOptions options{.channels = config.channels, .target = TargetSize{config.width, config.height}};
  std::transform(config.background.begin(), config.background.end(), options.background.begin(),
                 [](int64_t value) { return static_cast<uint8_t>(value); });
  return options;
}

}  // namespace

std::optional<std::string> check(const FolderConfig& config) {
  if (config.channels == 2) return "channels: expected 1 (grey) or 3 (colour), found 2";
  return std::nullopt;
}

FolderDataset::FolderDataset(const FolderConfig& config)
    : config_(config), decoding_(decode_options(config)) {
  try {
    Listing listing = list_pictures(config.path);
    files_ = std::move(listing.pictures);
    skipped_ = static_cast<int64_t>(listing.others.size());
  } catch (const fs::filesystem_error& error) {
    throw IoError("{}: can't be searched ({}); check its permissions", error.path1().string(),
                  error.code().message());
  }
  classes_ = class_names(files_);
  if (!classes_.empty()) labels_ = class_labels(files_, classes_);
}

void FolderDataset::get(int64_t index, std::span<uint8_t> pixels) const {
  const Image original = read_image(config_.path / files_[static_cast<size_t>(index)], decoding_);
  const Image image = resize_and_crop(original, config_.width, config_.height, config_.resize);
  std::copy(image.pixels.begin(), image.pixels.end(), pixels.begin());
}

int64_t FolderDataset::label(int64_t index) const {
  return labels_.empty() ? kNoLabel : labels_[static_cast<size_t>(index)];
}

}  // namespace vae
