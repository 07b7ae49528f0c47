#include "data/image_tensor.h"

namespace vae {

std::vector<Image> to_images(const Tensor& x) {
  const Tensor bytes = x.detach()
                           .to(torch::kCPU, torch::kFloat)
                           .mul(255)
                           .round()
                           .clamp(0, 255)
                           .to(torch::kUInt8)
                           .permute({0, 2, 3, 1})
                           .contiguous();
  std::vector<Image> images;
  for (const Tensor& picture : bytes.unbind(0)) {
    const uint8_t* first = picture.data_ptr<uint8_t>();
    images.push_back({.width = picture.size(1),
                      .height = picture.size(0),
                      .channels = picture.size(2),
                      .pixels = std::vector<uint8_t>(first, first + picture.numel())});
  }
  return images;
}

}  // namespace vae
