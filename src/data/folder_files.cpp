#include "data/folder_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include "config/utf8.h"
#include "core/error.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// Two paths lead to one folder where these agree.
using FolderIdentity = std::pair<dev_t, ino_t>;

FolderIdentity identity(const struct stat& status) { return {status.st_dev, status.st_ino}; }

std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + '/' + name;
}

class Walk {
 public:
  explicit Walk(const fs::path& root) : root_(root) {}

  FolderFiles run() {
    struct stat status {};
    if (::stat(root_.c_str(), &status) == 0) visit_folder("", identity(status));
    std::ranges::sort(found_.files, {}, &FolderFile::name);
    std::ranges::sort(found_.bad, {}, &BadPicture::name);
    std::ranges::sort(found_.circles);
    return std::move(found_);
  }

 private:
  void visit_folder(const std::string& folder, const FolderIdentity& self) {
    above_.push_back(self);
    std::error_code error;
    fs::directory_iterator entry(root_ / folder, error);
    while (!error && entry != fs::directory_iterator()) {
      const std::string name = entry->path().filename().string();
      if (!name.starts_with('.')) visit(join(folder, name));
      entry.increment(error);
    }
    if (error) {
      add_bad(folder, fmt::format("can't be searched ({}); check its permissions", error.message()));
    }
    above_.pop_back();
  }

  void visit(const std::string& name) {
    struct stat status {};
    if (::stat((root_ / name).c_str(), &status) != 0) return visit_unreachable(name, errno);
    if (S_ISDIR(status.st_mode)) {
      const bool closes_circle = std::ranges::find(above_, identity(status)) != above_.end();
      if (closes_circle) {
        found_.circles.push_back(name);
      } else {
        visit_folder(name, identity(status));
      }
    } else if (S_ISREG(status.st_mode)) {
      found_.files.push_back({name, file_stamp(status)});
    } else {
      ++found_.others;
    }
  }

  void visit_unreachable(const std::string& name, int error) {
    std::error_code ignored;
    const bool is_link = fs::is_symlink(root_ / name, ignored);
    if (error == ENOENT && !is_link) return;  // gone since the folder was read
    if (error == ENOENT) {
      add_bad(name, "is a link to nothing; remove it");
    } else if (error == ELOOP) {
      add_bad(name, "is a link that leads in a circle; remove it");
    } else {
      add_bad(name, fmt::format("can't be opened ({}); check its permissions",
                                std::generic_category().message(error)));
    }
  }

  void add_bad(const std::string& name, std::string_view reason) {
    found_.bad.push_back({name, fmt::format("{}: {}", printable(root_ / name), reason)});
  }

  const fs::path& root_;
  std::vector<FolderIdentity> above_;  // the folders from the root to here
  FolderFiles found_;
};

void expect_folder(const fs::path& path) {
  std::error_code missing;
  if (fs::is_directory(path, missing)) return;
  throw DataError("{}: {}; give a folder of JPEG, PNG or WebP files", printable(path),
                  fs::exists(path, missing) ? "is no folder" : "no such folder");
}

}  // namespace

FolderFiles list_files(const fs::path& folder) {
  expect_folder(folder);
  return Walk(folder).run();
}

std::string printable(const fs::path& path) {
  std::string_view rest = path.native();
  std::string text;
  const auto escape = [&] {
    fmt::format_to(std::back_inserter(text), "\\x{:02X}", static_cast<unsigned char>(rest.front()));
    rest.remove_prefix(1);
  };
  while (!rest.empty()) {
    const std::string_view valid = rest.substr(0, detail::find_invalid_utf8(rest).value_or(rest.size()));
    const auto control =
        std::ranges::find_if(valid, [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; });
    text.append(valid.begin(), control);
    rest.remove_prefix(static_cast<size_t>(control - valid.begin()));
    if (!rest.empty()) escape();
  }
  return text;
}

bool is_named_like_picture(const fs::path& path) {
  constexpr std::array<std::string_view, 16> kExtensions = {
      ".jpg",  ".jpeg", ".jpe", ".jfif", ".png",  ".webp", ".gif", ".heic",
      ".heif", ".avif", ".bmp", ".tif",  ".tiff", ".jxl",  ".jp2", ".apng"};
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

}  // namespace vae
