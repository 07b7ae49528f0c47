#include "images/png.h"

#include <png.h>

#include "core/error.h"
#include "core/file.h"

namespace vae {

std::vector<std::byte> encode_png(const Image& image) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;

  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::vector<std::byte> bytes(size);
  constexpr int kSamplesAsTheyAre = 0;  // convert_to_8_bit
  constexpr int kRowsTouch = 0;         // row_stride
  if (png_image_write_to_memory(&header, bytes.data(), &size, kSamplesAsTheyAre, image.pixels.data(),
                                kRowsTouch, nullptr) == 0) {
    throw DataError("a picture of {} x {} x {} can't be written as PNG ({}); make it smaller", image.width,
                    image.height, image.channels, header.message);
  }
  bytes.resize(size);
  bytes.shrink_to_fit();
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file_atomically(path, encode_png(image));
}

}  // namespace vae
