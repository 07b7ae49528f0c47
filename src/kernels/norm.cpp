#include "kernels/norm.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/fused.h"
#include "kernels/row_loops.h"

namespace vae {

float norm_of_all(std::span<const Tensor> tensors) {
  std::vector<std::span<const float>> pieces;
  for (const Tensor& tensor : tensors) {
    const float* x = tensor.const_data_ptr<float>();
    for (int64_t first = 0; first < tensor.numel(); first += kPiece) {
      pieces.emplace_back(x + first, std::min(kPiece, tensor.numel() - first));
    }
  }
  std::vector<double> sums(pieces.size());
  for_each_row(std::ssize(pieces), kPiece, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    sums[place] = sum_of_squares(pieces[place].data(), std::ssize(pieces[place]));
  });
  return static_cast<float>(std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0)));
}

}  // namespace vae
