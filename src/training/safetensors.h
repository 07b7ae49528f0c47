// Safetensors files: named tensors and text that Python can open, written so that no damage goes unnoticed.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/tensor.h"

namespace vae {

/// What a file holds. The digest that guards it belongs to the file, not to its content.
struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;  // UTF-8; the key "digest" is reserved
};

/// Replaces `path` atomically by the tensors' values, from whatever device and layout. Equal content gives
/// equal bytes. CheckpointError for what the format can't hold, IoError where the file can't be written.
///
/// The format (github.com/huggingface/safetensors) is a uint64 length of the header, the header as JSON,
/// padded with spaces to a multiple of 8 bytes, and the data. Ours begins
/// {"__metadata__":{"digest":"xxh3-128:H", where H are 32 lower-case hexadecimal digits: the XXH3 128-bit
/// hash of the whole file, from the first byte of the length to the last of the data, as it is with H all
/// zeros ('0').
void write_safetensors(const std::filesystem::path& path, const Safetensors& content);

/// Tensors on the CPU that own their memory, aligned to 64 bytes. The digest is checked where there is one;
/// files of other programs have none. CheckpointError, with the file and what is wrong, for anything but a
/// file that keeps every rule of the format; IoError where it can't be read.
Safetensors read_safetensors(const std::filesystem::path& path);

}  // namespace vae
