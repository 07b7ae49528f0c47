#include "evaluation/confusion.h"

#include <algorithm>

#include "core/error.h"

namespace vae {

void Confusion::add(const Tensor& labels, const Tensor& told) {
  if (labels.numel() == 0) return;
  const int64_t classes = counts_.size(0);
  if (labels.min().item<int64_t>() < 0 || labels.max().item<int64_t>() >= classes) {
    throw DataError("a picture is of none of the {} classes; give every picture its class", classes);
  }
  const Tensor cells = (labels * classes + told).to(torch::kCPU);
  counts_ += torch::bincount(cells, /*weights=*/{}, classes * classes).view({classes, classes});
}

double Confusion::accuracy() const {
  return static_cast<double>(counts_.trace().item<int64_t>()) /
         static_cast<double>(std::max<int64_t>(pictures(), 1));
}

}  // namespace vae
