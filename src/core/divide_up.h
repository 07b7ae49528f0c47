// Division of counts.
#pragma once

#include <cstdint>

namespace vae {

/// The smallest integer that is not below a / b; a >= 0, b > 0.
constexpr int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Some things in parts of at most `most`, as even as may be.
class EvenParts {
 public:
  EvenParts(int64_t things, int64_t most) : things_(things), count_(divide_up(things, most)) {}

  int64_t count() const { return count_; }
  int64_t begin(int64_t part) const { return things_ * part / count_; }
  int64_t size(int64_t part) const { return begin(part + 1) - begin(part); }

 private:
  int64_t things_, count_;
};

}  // namespace vae
