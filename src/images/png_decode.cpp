#include "images/png_decode.h"

#include <png.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/deflate.h"
#include "images/alpha.h"
#include "images/codec.h"
#include "images/luma.h"

namespace vae {
namespace {

constexpr int kAllAncillaryChunks = -1;  // but tRNS, see png_set_keep_unknown_chunks(3)

void on_error(png_structp png, png_const_charp message) {
  auto& escape = *static_cast<Escape*>(png_get_error_ptr(png));
  escape.set_message(message);
  escape.leave();
}

void on_warning(png_structp, png_const_charp) {}

/// libpng's reader over bytes in memory; every call goes through call().
class PngReader {
 public:
  PngReader(std::span<const std::byte> bytes, const std::string& name)
      : name_(name), size_(bytes.size()), rest_(bytes) {}
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  void read_header() {
    call([&] {
      open();
      png_read_info(png_, info_);
    });
    check_pixel_count(png_get_image_width(png_, info_), png_get_image_height(png_, info_), name_);
    check_bytes_can_hold_pixels();
  }

  /// Asks for 8 bits a sample, with alpha where any pixel may be transparent, and at least `channels`
  /// colours.
  void set_output(int64_t channels) {
    call([&] {
      png_set_expand(png_);
      png_set_scale_16(png_);
      if (channels == 3) png_set_gray_to_rgb(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
  }

  int64_t width() const { return png_get_image_width(png_, info_); }
  int64_t height() const { return png_get_image_height(png_, info_); }
  int64_t channels() const { return png_get_channels(png_, info_); }

  std::vector<uint8_t> read_pixels() {
    const size_t row_size = png_get_rowbytes(png_, info_);
    const size_t height = png_get_image_height(png_, info_);
    std::vector<uint8_t> pixels(height * row_size);
    std::vector<png_bytep> rows(height);
    for (size_t y = 0; y < height; ++y) rows[y] = pixels.data() + y * row_size;
    call([&] {
      png_read_image(png_, rows.data());
      png_read_end(png_, nullptr);
    });
    return pixels;
  }

 private:
  void check_bytes_can_hold_pixels() const {
    const uint64_t packed = uint64_t{png_get_rowbytes(png_, info_)} * png_get_image_height(png_, info_);
    if (packed / kDeflateMostRatio <= size_) return;
    throw DataError("{}: PNG announces {} x {} pixels, more than its {} bytes can hold; {}", name_,
                    png_get_image_width(png_, info_), png_get_image_height(png_, info_), size_,
                    kDamagedAdvice);
  }

  template <typename Step>
  void call(const Step& step) {
    if (escape_.completes(step)) return;
    if (ended_) throw DataError("{}: PNG ends too early, after {} bytes; {}", name_, size_, kDamagedAdvice);
    throw DataError("{}: PNG is damaged ({}); {}", name_, escape_.message(), kDamagedAdvice);
  }

  void open() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &escape_, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      escape_.set_message("libpng can't start");
      escape_.leave();
    }
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, kMaxPixels, kMaxPixels);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, kAllAncillaryChunks);
    png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(png_, 0);
  }

  static void on_read(png_structp png, png_bytep target, size_t count) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > reader.rest_.size()) {
      reader.ended_ = true;
      png_error(png, "end of data");
    }
    std::ranges::copy(reader.rest_.first(count), reinterpret_cast<std::byte*>(target));
    reader.rest_ = reader.rest_.subspan(count);
  }

  const std::string& name_;
  size_t size_;
  std::span<const std::byte> rest_;
  bool ended_ = false;
  Escape escape_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

Image decode_png(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options) {
  PngReader png(bytes, name);
  png.read_header();
  png.set_output(options.channels);
  Image image{png.width(), png.height(), png.channels(), png.read_pixels()};
  image = without_alpha(std::move(image), options.background);
  return options.channels == 1 ? to_grey(std::move(image)) : image;
}

std::string_view png_version() { return png_get_libpng_ver(nullptr); }

}  // namespace vae
