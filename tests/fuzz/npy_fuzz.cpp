// Whatever the bytes: an array no larger than the file, or a DataError.
#include "core/npy.h"

#include "core/error.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const vae::fuzz::MemoryFile file(vae::fuzz::bytes_of(data, size));
  try {
    const vae::Tensor array = vae::read_npy(file.path());
    vae::fuzz::require(array.is_contiguous() && array.nbytes() <= size);
  } catch (const vae::DataError&) {
  }
  return 0;
}
