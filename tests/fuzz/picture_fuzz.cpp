// Whatever the bytes: a picture, or a DataError. Compiled once for each format; the first byte chooses the
// channels and whether a smaller picture will do.
#include "core/error.h"
#include "fuzz.h"
#include "images/jpeg_decode.h"
#include "images/png_decode.h"
#include "images/webp_decode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  vae::DecodeOptions options = {.channels = (data[0] & 1) != 0 ? 3 : 1};
  if ((data[0] & 2) != 0) options.target = vae::TargetSize{.width = 8, .height = 8};
  try {
    const vae::Image image =
        vae::VAE_FUZZED_DECODER(vae::fuzz::bytes_of(data + 1, size - 1), "fuzz", options);
    vae::fuzz::require(std::ssize(image.pixels) == image.width * image.height * options.channels);
  } catch (const vae::DataError&) {
  }
  return 0;
}
