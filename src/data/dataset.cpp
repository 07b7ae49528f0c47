#include "data/dataset.h"

#include <fmt/format.h>

namespace vae {

const std::vector<std::string>& Dataset::classes() const {
  static const std::vector<std::string> kNone;
  return kNone;
}

std::string Dataset::name(int64_t index) const { return fmt::to_string(index); }

std::string to_string(const PictureShape& shape) {
  return fmt::format("{} x {} pixels of {} channel{}", shape.height, shape.width, shape.channels,
                     shape.channels == 1 ? "" : "s");
}

}  // namespace vae
