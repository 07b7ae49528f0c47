#include "kernels/narrow.h"

#include <algorithm>

#include "core/divide_up.h"
#include "core/tape.h"
#include "core/target_clones.h"
#include "kernels/fused.h"
#include "kernels/reduced.h"

namespace vae {
namespace {

VAE_TARGET_CLONES void narrow_piece(const float* x, int64_t count, c10::BFloat16* out) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) store(x[i], out[i]);
}

}  // namespace

Tensor narrowed(const Tensor& x) {
  const Tensor result(at::detail::empty_cpu(x.sizes(), torch::kBFloat16));
  const float* in = x.const_data_ptr<float>();
  auto* out = result.mutable_data_ptr<c10::BFloat16>();
  const int64_t count = x.numel();
  perform({&x, &result}, [=] {
    for_each_row(divide_up(count, kPiece), kPiece, [=](int64_t i) {
      narrow_piece(in + i * kPiece, std::min(kPiece, count - i * kPiece), out + i * kPiece);
    });
  });
  return result;
}

}  // namespace vae
