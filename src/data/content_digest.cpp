#include "data/content_digest.h"

#include <span>
#include <vector>

namespace vae {

Digest content_digest(const Dataset& dataset) {
  std::vector<uint8_t> pixels(static_cast<size_t>(dataset.shape().elements()));
  std::vector<Digest> digests;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    std::span<const uint8_t> picture = dataset.stored(i);
    if (picture.empty()) {
      dataset.get(i, pixels);
      picture = pixels;
    }
    digests.push_back(digest(std::as_bytes(picture)));
  }
  return digest(std::as_bytes(std::span(digests)));
}

}  // namespace vae
