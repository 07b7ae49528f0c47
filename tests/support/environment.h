// How much a test does: scripts/soak asks for more than scripts/test.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace vae::test {

inline int64_t count_from_environment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::stoll(text) : otherwise;
}

}  // namespace vae::test
