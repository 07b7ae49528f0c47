#include "model/pyramid.h"

#include "core/error.h"

namespace vae {

std::vector<PictureShape> pyramid(const PictureShape& top, std::span<const int64_t> channels) {
  std::vector<PictureShape> levels = {top};
  for (const int64_t inner : channels) {
    const PictureShape& above = levels.back();
    if (above.height < 2 || above.width < 2) {
      throw UsageError(
          "model: {} halvings take a picture of {}x{} below one pixel; give fewer channels, or larger "
          "pictures",
          channels.size(), top.width, top.height);
    }
    levels.push_back({inner, above.height / 2, above.width / 2});
  }
  return levels;
}

}  // namespace vae
