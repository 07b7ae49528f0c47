// Reading whole files, and replacing them so that a reader never sees half of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// The bytes of a regular file. IoError when it can't be read or is larger than `limit` bytes.
std::vector<std::byte> read_file(const std::filesystem::path& path, uint64_t limit = UINT64_MAX);

/// Replaces `path` by the concatenation of `parts`: written to a temporary file in the same folder, fsync,
/// rename, fsync of the folder. On IoError the old file is intact and the temporary one is gone.
void write_file_atomically(const std::filesystem::path& path,
                           std::span<const std::span<const std::byte>> parts);
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace vae
