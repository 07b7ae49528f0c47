#include "kernels/pixel_rows.h"

namespace vae {

bool are_rows(const Tensor& x, const Tensor& outputs) {
  return x.dim() == 4 && outputs.dim() >= 4 &&
         outputs.sizes().slice(static_cast<size_t>(outputs.dim() - 4)) == x.sizes();
}

PixelRows pixel_rows(const Tensor& x, const Tensor& outputs) {
  if (!outputs.is_contiguous()) {
    const Tensor last = outputs.movedim(-3, -1);
    if (last.is_contiguous()) return {x.movedim(-3, -1).contiguous(), last, /*channels_last=*/true};
  }
  return {x.contiguous(), outputs.contiguous()};
}

}  // namespace vae
