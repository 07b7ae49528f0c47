// A fingerprint of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vae {

/// XXH3 of 128 bits: against accidents, not against attackers.
struct Digest {
  uint64_t low = 0;
  uint64_t high = 0;

  auto operator<=>(const Digest&) const = default;
};

Digest digest(std::span<const std::byte> bytes);
Digest digest(std::string_view text);

/// 32 hexadecimal digits.
std::string to_string(const Digest& digest);

}  // namespace vae
