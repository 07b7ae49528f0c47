#include "data/folder.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/mapped_file.h"

namespace vae {
namespace {

constexpr size_t kListed = 20;  // bad pictures that are named one by one

/// The first folder of a relative path, or nothing where it is only a file.
std::string first_folder(const std::string& path) {
  const size_t slash = path.find('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
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

void list_in_log(std::span<const BadPicture> bad) {
  for (const BadPicture& picture : bad.first(std::min(bad.size(), kListed)))
    spdlog::warn("{}", picture.error);
  if (bad.size() > kListed) spdlog::warn("and {} more", bad.size() - kListed);
}

/// What is worth saying about a folder whose pictures are taken.
void log_what_is_left_out(const FolderPictures& pictures, const std::string& folder) {
  list_in_log(pictures.bad);
  if (!pictures.bad.empty()) {
    spdlog::warn("{}: {} of {} pictures can't be used and are left out", folder, pictures.bad.size(),
                 pictures.names.size() + pictures.bad.size());
  }
  if (!pictures.others.empty()) {
    spdlog::warn("{}: {} files are no pictures; they are passed over", folder, pictures.others.size());
  }
  for (const std::string& circle : pictures.circles) {
    spdlog::warn("{}/{}: leads back to a folder that contains it; it is not followed", folder,
                 printable(circle));
  }
}

void refuse_bad(const FolderPictures& pictures, const std::string& folder) {
  if (pictures.bad.size() == 1) throw DataError("{}", pictures.bad.front().error);
  list_in_log(pictures.bad);
  throw DataError(
      "{}: {} of {} pictures can't be used, {} the first; repair or remove them, or set "
      "data.bad_images to \"skip\"",
      folder, pictures.bad.size(), pictures.names.size() + pictures.bad.size(),
      printable(pictures.bad.front().name));
}

void refuse_nothing(const FolderPictures& pictures, const std::string& folder) {
  if (!pictures.bad.empty()) {
    throw DataError("{}: no picture is left, {} can't be used; the first: {}", folder, pictures.bad.size(),
                    pictures.bad.front().error);
  }
  const std::span<const std::string> others = pictures.others;
  if (others.empty()) throw DataError("{}: is empty; put JPEG, PNG or WebP files into it", folder);
  throw DataError(
      "{}: holds no JPEG, PNG or WebP picture ({} other file{}, e.g. {}); convert the pictures to PNG",
      folder, others.size(), others.size() == 1 ? "" : "s", printable(others[0]));
}

}  // namespace

std::vector<std::string> class_names(std::span<const std::string> files) {
  std::set<std::string> folders;
  for (const std::string& file : files) folders.insert(first_folder(file));
  folders.erase("");
  if (folders.size() < 2) return {};
  return {folders.begin(), folders.end()};
}

FolderDataset::FolderDataset(const FolderConfig& config, const FolderReading& reading)
    : config_(config), pictures_(read_folder(config, reading.cache, reading.threads)) {
  const std::string folder = printable(config.path);
  if (!pictures_.bad.empty() && reading.bad_images == BadImages::error) refuse_bad(pictures_, folder);
  if (pictures_.names.empty()) refuse_nothing(pictures_, folder);
  log_what_is_left_out(pictures_, folder);
  classes_ = class_names(pictures_.names);
  if (!classes_.empty()) labels_ = class_labels(pictures_.names, classes_);
}

std::span<const uint8_t> FolderDataset::stored(int64_t index) const {
  const auto size = static_cast<uint64_t>(shape().elements());
  const auto row = static_cast<uint64_t>(pictures_.rows[static_cast<size_t>(index)]);
  return pictures_.pixels.bytes.subspan(row * size, size);
}

void FolderDataset::expect(int64_t index) const {
  if (pictures_.pixels.are_mapped) begin_to_read(std::as_bytes(stored(index)));
}

void FolderDataset::get(int64_t index, std::span<uint8_t> pixels) const {
  std::ranges::copy(stored(index), pixels.begin());
}

int64_t FolderDataset::label(int64_t index) const {
  return labels_.empty() ? kNoLabel : labels_[static_cast<size_t>(index)];
}

}  // namespace vae
