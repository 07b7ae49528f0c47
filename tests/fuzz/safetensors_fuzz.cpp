// Whatever the bytes: tensors no larger than the file, or a CheckpointError.
#include "training/safetensors.h"

#include "core/error.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const vae::fuzz::MemoryFile file(vae::fuzz::bytes_of(data, size));
  try {
    for (const auto& [name, tensor] : vae::read_safetensors(file.path()).tensors) {
      vae::fuzz::require(tensor.nbytes() <= size);
    }
  } catch (const vae::CheckpointError&) {
  }
  return 0;
}
