// JPEG files of every kind, made with libjpeg.
#pragma once

// jpeglib.h needs FILE and size_t declared before it.
#include <cstdio>
//
#include <jpeglib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace vae::test {

struct JpegFixture {
  int64_t width = 0;
  int64_t height = 0;
  std::vector<uint8_t> samples;            // interleaved, as many channels as `color_space` has
  J_COLOR_SPACE color_space = JCS_RGB;     // of the samples
  J_COLOR_SPACE stored_space = JCS_YCbCr;  // of the file
  bool adobe_marker = false;               // libjpeg's default for YCCK is to write it
  bool progressive = false;
  std::vector<jpeg_scan_info> scans = {};  // instead of the default ones
  std::vector<uint8_t> app1 = {};          // left out where empty
};

inline std::vector<std::byte> encode_jpeg(const JpegFixture& fixture) {
  jpeg_error_mgr errors;
  jpeg_compress_struct info{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);

  info.image_width = static_cast<JDIMENSION>(fixture.width);
  info.image_height = static_cast<JDIMENSION>(fixture.height);
  info.in_color_space = fixture.color_space;
  info.input_components =
      fixture.color_space == JCS_GRAYSCALE ? 1 : (fixture.color_space == JCS_CMYK ? 4 : 3);
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, fixture.stored_space);
  jpeg_set_quality(&info, 95, TRUE);
  info.write_Adobe_marker = fixture.adobe_marker ? TRUE : FALSE;
  if (fixture.progressive) jpeg_simple_progression(&info);
  if (!fixture.scans.empty()) {
    info.scan_info = fixture.scans.data();
    info.num_scans = static_cast<int>(fixture.scans.size());
  }

  jpeg_start_compress(&info, TRUE);
  if (!fixture.app1.empty()) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, fixture.app1.data(), static_cast<unsigned>(fixture.app1.size()));
  }
  std::vector<uint8_t> samples = fixture.samples;
  while (info.next_scanline < info.image_height) {
    JSAMPROW row =
        samples.data() + info.next_scanline * info.image_width * static_cast<unsigned>(info.input_components);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  const auto bytes = std::as_bytes(std::span(buffer, size));
  std::vector<std::byte> result(bytes.begin(), bytes.end());
  jpeg_destroy_compress(&info);
  std::free(buffer);
  return result;
}

}  // namespace vae::test
