#include "images/jpeg_decode.h"

// jpeglib.h needs FILE and size_t declared before it.
#include <cstdio>
//
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "images/codec.h"
#include "images/luma.h"
#include "images/orientation.h"

namespace vae {
namespace {

// A progressive file may refine each coefficient bit by bit, and each scan costs time in proportion to the
// picture, whatever its own size. Encoders write about ten.
constexpr int kMaxScans = 500;
constexpr int kTooManyScans = JMSG_NOMESSAGE;       // a code that libjpeg does not raise
constexpr std::array kDivisors = {8U, 4U, 2U, 1U};  // of the sizes that libjpeg has fast transforms for
constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned kMaxMarkerLength = 0xFFFF;

/// libjpeg hands back the address of `base`, which is also that of the whole.
struct ErrorManager {
  jpeg_error_mgr base;
  Escape escape;
};
static_assert(std::is_standard_layout_v<ErrorManager>);

ErrorManager& errors_of(j_common_ptr info) { return *reinterpret_cast<ErrorManager*>(info->err); }

void on_error(j_common_ptr info) {
  std::array<char, JMSG_LENGTH_MAX> text;
  info->err->format_message(info, text.data());
  errors_of(info).escape.set_message(text.data());
  errors_of(info).escape.leave();
}

void on_message(j_common_ptr info, int level) {
  const bool is_trace = level >= 0;
  const int code = info->err->msg_code;
  const bool is_harmless = code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM;  // unknown versions
  if (!is_trace && !is_harmless) on_error(info);
}

void limit_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
  errors_of(info).base.msg_code = kTooManyScans;
  errors_of(info).escape.leave();
}

/// libjpeg's decompressor over bytes in memory; every call goes through call().
class Decompressor {
 public:
  Decompressor(std::span<const std::byte> bytes, const std::string& name) : bytes_(bytes), name_(name) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = on_error;
    errors_.base.emit_message = on_message;
    progress_.progress_monitor = limit_scans;
  }
  ~Decompressor() { jpeg_destroy_decompress(&info_); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  void read_header() {
    call([&] {
      jpeg_create_decompress(&info_);
      info_.progress = &progress_;
      jpeg_mem_src(&info_, reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size());
      jpeg_save_markers(&info_, kExifMarker, kMaxMarkerLength);
      jpeg_read_header(&info_, TRUE);
    });
    check_pixel_count(info_.image_width, info_.image_height, name_);
    has_header_ = true;
  }

  bool has_ink() const { return info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK; }
  bool is_ink_inverted() const { return info_.saw_Adobe_marker != FALSE; }

  int orientation() const {
    for (const jpeg_marker_struct* marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const int value = exif_orientation(std::as_bytes(std::span(marker->data, marker->data_length)));
      if (value != 1) return value;
    }
    return 1;
  }

  /// Makes the picture as small as libjpeg can while it covers `target`, which is as the file stores pixels.
  void reduce_to(const TargetSize& target) {
    const auto covers = [&](unsigned divisor) {
      return info_.image_width / divisor >= target.width && info_.image_height / divisor >= target.height;
    };
    info_.scale_num = 1;
    info_.scale_denom =
        *std::ranges::find_if(kDivisors, [&](unsigned divisor) { return divisor == 1 || covers(divisor); });
    call([&] { jpeg_calc_output_dimensions(&info_); });
  }

  /// Of the pixels to be read, once the header is.
  int64_t width() const { return info_.output_width; }
  int64_t height() const { return info_.output_height; }

  /// All rows, `channels` bytes a pixel.
  std::vector<uint8_t> read_pixels(J_COLOR_SPACE color_space, size_t channels) {
    info_.out_color_space = color_space;
    call([&] { jpeg_start_decompress(&info_); });
    const size_t row_size = info_.output_width * channels;
    std::vector<uint8_t> pixels(info_.output_height * row_size);
    call([&] {
      while (info_.output_scanline < info_.output_height) {
        JSAMPROW row = pixels.data() + info_.output_scanline * row_size;
        jpeg_read_scanlines(&info_, &row, 1);
      }
      jpeg_finish_decompress(&info_);
    });
    return pixels;
  }

 private:
  template <typename Step>
  void call(const Step& step) {
    if (!errors_.escape.completes(step)) fail();
  }

  [[noreturn]] void fail() {
    switch (errors_.base.msg_code) {
      case JWRN_JPEG_EOF:
        fail_at_end();
      case kTooManyScans:
        throw DataError("{}: JPEG has more than {} scans; re-export it with fewer", name_, kMaxScans);
      case JERR_BAD_PRECISION:
        throw DataError("{}: JPEG has {} bits a sample, only 8 are read; re-export it with 8", name_,
                        errors_.base.msg_parm.i[0]);
      case JERR_OUT_OF_MEMORY:
        throw MemoryError("{}: no memory for {} x {} pixels; make the picture smaller", name_,
                          info_.image_width, info_.image_height);
      default:
        throw DataError("{}: {}; {}", name_, errors_.escape.message(), kDamagedAdvice);
    }
  }

  [[noreturn]] void fail_at_end() {
    if (!has_header_) {
      throw DataError("{}: JPEG ends within its header; {}", name_, kDamagedAdvice);
    }
    if (jpeg_has_multiple_scans(&info_)) {
      throw DataError("{}: JPEG ends in scan {}, before its last; {}", name_, info_.input_scan_number,
                      kDamagedAdvice);
    }
    throw DataError("{}: JPEG ends after {} of {} rows; {}", name_, info_.output_scanline,
                    info_.output_height, kDamagedAdvice);
  }

  std::span<const std::byte> bytes_;
  const std::string& name_;
  bool has_header_ = false;
  ErrorManager errors_;
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

uint8_t product(unsigned a, unsigned b) { return static_cast<uint8_t>((a * b + 127) / 255); }

/// Light that passes four inks. `cmyk` holds light (255: no ink) where inverted, ink (0: none) otherwise.
std::vector<uint8_t> ink_to_rgb(std::span<const uint8_t> cmyk, bool inverted) {
  const unsigned flip = inverted ? 0 : 255;
  std::vector<uint8_t> rgb(cmyk.size() / 4 * 3);
  for (size_t from = 0, to = 0; from < cmyk.size(); from += 4, to += 3) {
    const unsigned black = cmyk[from + 3] ^ flip;
    for (size_t c = 0; c < 3; ++c) rgb[to + c] = product(cmyk[from + c] ^ flip, black);
  }
  return rgb;
}

Image read_stored(Decompressor& jpeg, int64_t channels) {
  const int64_t width = jpeg.width();
  const int64_t height = jpeg.height();
  if (jpeg.has_ink()) {
    const std::vector<uint8_t> cmyk = jpeg.read_pixels(JCS_CMYK, 4);
    return {width, height, 3, ink_to_rgb(cmyk, jpeg.is_ink_inverted())};
  }
  if (channels == 1) return {width, height, 1, jpeg.read_pixels(JCS_GRAYSCALE, 1)};
  return {width, height, 3, jpeg.read_pixels(JCS_RGB, 3)};
}

/// options.target as the picture lies in the file; without one, a target that only the full size covers.
TargetSize stored_target(const DecodeOptions& options, int orientation) {
  if (!options.target) return {.width = JPEG_MAX_DIMENSION, .height = JPEG_MAX_DIMENSION};
  const auto [width, height] = *options.target;
  return is_transposed(orientation) ? TargetSize{height, width} : TargetSize{width, height};
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options) {
  Decompressor jpeg(bytes, name);
  jpeg.read_header();
  const int orientation = jpeg.orientation();
  jpeg.reduce_to(stored_target(options, orientation));
  Image image = read_stored(jpeg, options.channels);
  if (options.channels == 1) image = to_grey(std::move(image));
  return turn_upright(std::move(image), orientation);
}

#define VAE_TEXT(macro) VAE_QUOTED(macro)
#define VAE_QUOTED(text) #text
std::string_view jpeg_version() { return VAE_TEXT(LIBJPEG_TURBO_VERSION); }
#undef VAE_QUOTED
#undef VAE_TEXT

}  // namespace vae
