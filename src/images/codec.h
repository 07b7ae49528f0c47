// What the decoders share: limits, advice, and the fence around C code that leaves by longjmp.
#pragma once

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.h"

namespace vae {

/// Checked against the header before memory is taken: 2^28 pixels are 16384 x 16384, 768 MiB of RGB.
inline constexpr uint64_t kMaxPixels = uint64_t{1} << 28;

inline constexpr std::string_view kDamagedAdvice = "re-export the file, or set data.bad_images to \"skip\"";

/// DataError where a header announces more than kMaxPixels.
inline void check_pixel_count(uint64_t width, uint64_t height, const std::string& name) {
  if (width <= kMaxPixels / std::max<uint64_t>(height, 1)) return;
  throw DataError("{}: {} x {} pixels, at most {} are read; make the picture smaller", name, width, height,
                  kMaxPixels);
}

/// How a C library's error handler leaves the library: message first, then leave().
class Escape {
 public:
  void set_message(std::string_view text) {
    const size_t length = std::min(text.size(), message_.size());
    std::copy_n(text.data(), length, message_.data());
    length_ = length;
  }
  std::string_view message() const { return {message_.data(), length_}; }

  [[noreturn]] void leave() { std::longjmp(return_point_, 1); }

  /// Runs `step`, which calls the library; false where the library left early. The jump skips destructors, so
  /// a step holds nothing but references and numbers and calls nothing but the library.
  template <typename Step>
  bool completes(const Step& step) {
    static_assert(std::is_trivially_destructible_v<Step>);
    if (setjmp(return_point_) != 0) return false;
    step();
    return true;
  }

 private:
  std::jmp_buf return_point_;
  std::array<char, 256> message_;
  size_t length_ = 0;
};

}  // namespace vae
