#include "kernels/gather.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/target_clones.h"
#include "kernels/fused.h"

namespace vae {
namespace {

constexpr int64_t kPiece = 8192;  // elements that one thread takes at a time

VAE_TARGET_CLONES double copy_and_sum_squares(const float* from, int64_t count, float* to) {
  return sum_in_blocks(
      count, [=](int64_t i) __attribute__((always_inline)) {
        to[i] = from[i];
        return from[i] * from[i];
      });
}

struct Piece {
  const float* from;
  float* to;
  int64_t count;
};

}  // namespace

float copy_and_norm(std::span<const Tensor> sources, std::span<const Tensor> targets) {
  std::vector<Tensor> ordered;  // keeps copies of what lies in another order
  std::vector<Piece> pieces;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].defined()) {
      targets[i].zero_();
      continue;
    }
    const bool has_order = sources[i].strides() == targets[i].strides();
    ordered.push_back(has_order ? sources[i] : torch::empty_like(targets[i]).copy_(sources[i]));
    const float* from = ordered.back().const_data_ptr<float>();
    float* to = targets[i].data_ptr<float>();
    for (int64_t first = 0; first < targets[i].numel(); first += kPiece) {
      pieces.push_back({from + first, to + first, std::min(kPiece, targets[i].numel() - first)});
    }
  }
  std::vector<double> squares(pieces.size());
  for_each_row(static_cast<int64_t>(pieces.size()), kPiece, [&](int64_t i) {
    const Piece& piece = pieces[static_cast<size_t>(i)];
    squares[static_cast<size_t>(i)] = copy_and_sum_squares(piece.from, piece.count, piece.to);
  });
  return static_cast<float>(std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0)));
}

}  // namespace vae
