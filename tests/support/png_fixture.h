// PNG files of every colour type and bit depth, made with libpng.
#pragma once

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vae::test {

struct PngFixture {
  int64_t width = 0;
  int64_t height = 0;
  int bit_depth = 8;
  int color_type = PNG_COLOR_TYPE_RGB;
  std::vector<uint16_t> samples;  // interleaved, below 2^bit_depth
  bool interlaced = false;
  std::vector<png_color> palette = {};
  std::vector<png_byte> palette_alpha = {};
  std::optional<png_color_16> transparent = {};  // the one colour that is transparent
  std::optional<double> gamma = {};
};

/// Samples as PNG packs them into a row: from the high bits down, 16 bits in network order.
inline std::vector<uint8_t> pack_row(std::span<const uint16_t> samples, int bit_depth) {
  std::vector<uint8_t> row((samples.size() * static_cast<size_t>(bit_depth) + 7) / 8);
  for (size_t bit = 0; bit < samples.size() * static_cast<size_t>(bit_depth); ++bit) {
    const size_t depth = static_cast<size_t>(bit_depth);
    const uint32_t value = uint32_t{samples[bit / depth]} >> (depth - 1 - bit % depth) & 1U;
    row[bit / 8] = static_cast<uint8_t>(row[bit / 8] | value << (7 - bit % 8));
  }
  return row;
}

inline std::vector<std::byte> encode_png_fixture(const PngFixture& fixture) {
  std::vector<std::byte> result;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &result,
      [](png_structp writer, png_bytep data, size_t size) {
        auto& target = *static_cast<std::vector<std::byte>*>(png_get_io_ptr(writer));
        const auto bytes = std::as_bytes(std::span(data, size));
        target.insert(target.end(), bytes.begin(), bytes.end());
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(fixture.width), static_cast<png_uint_32>(fixture.height),
               fixture.bit_depth, fixture.color_type,
               fixture.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (!fixture.palette.empty()) {
    png_set_PLTE(png, info, fixture.palette.data(), static_cast<int>(fixture.palette.size()));
  }
  if (!fixture.palette_alpha.empty()) {
    png_set_tRNS(png, info, fixture.palette_alpha.data(), static_cast<int>(fixture.palette_alpha.size()),
                 nullptr);
  }
  if (fixture.transparent) png_set_tRNS(png, info, nullptr, 0, &*fixture.transparent);
  if (fixture.gamma) png_set_gAMA(png, info, *fixture.gamma);

  const size_t samples_per_row = fixture.samples.size() / static_cast<size_t>(fixture.height);
  std::vector<std::vector<uint8_t>> packed;
  std::vector<png_bytep> rows;
  for (size_t y = 0; y < static_cast<size_t>(fixture.height); ++y) {
    packed.push_back(pack_row(std::span(fixture.samples).subspan(y * samples_per_row, samples_per_row),
                              fixture.bit_depth));
    rows.push_back(packed.back().data());
  }
  png_write_info(png, info);
  png_set_interlace_handling(png);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return result;
}

}  // namespace vae::test
