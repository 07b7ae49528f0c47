// What lies in a folder of pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"

namespace vae {

struct FolderFile {
  std::string name;  // relative to the folder
  FileStamp stamp;
};

/// A picture that can't be used.
struct BadPicture {
  std::string name;   // relative to the folder
  std::string error;  // one line that begins with the file
};

struct FolderFiles {
  std::vector<FolderFile> files;     // in the order of the bytes of their names
  std::vector<BadPicture> bad;       // what can't be looked into
  std::vector<std::string> circles;  // links to a folder that contains them
  int64_t others = 0;                // sockets, devices and the like
};

/// All files below a folder but hidden ones, links followed. DataError where there is no such folder.
FolderFiles list_files(const std::filesystem::path& folder);

/// A path for a person: one line of UTF-8, whatever bytes it has; those that are none as \x and two digits.
std::string printable(const std::filesystem::path& path);

/// Whether a file is called what pictures are called.
bool is_named_like_picture(const std::filesystem::path& path);

}  // namespace vae
