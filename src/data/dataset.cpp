#include "data/dataset.h"

#include <fmt/format.h>

namespace vae {
namespace {

const std::vector<std::string>& no_names() {
  static const std::vector<std::string> kNone;
  return kNone;
}

}  // namespace

const std::vector<std::string>& Dataset::classes() const { return no_names(); }

const std::vector<std::string>& Dataset::factor_names() const { return no_names(); }

std::string Dataset::name(int64_t index) const { return fmt::to_string(index); }

std::string to_string(const PictureShape& shape) {
  return fmt::format("{} x {} pixels of {} channel{}", shape.height, shape.width, shape.channels,
                     shape.channels == 1 ? "" : "s");
}

}  // namespace vae
