#include "core/card_noise.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>

namespace vae {
namespace {

constexpr int kThreads = 256;  // of a block
constexpr int64_t kMostBlocks = 4096;

/// Where the words come from.
struct Source {
  uint64_t key;
  uint64_t index;
  uint64_t position;
  const uint64_t* index_on_card;  // in place of `index` where it is not null

  __device__ uint32_t word(uint64_t offset) const {
    const uint64_t upper = index_on_card != nullptr ? *index_on_card : index;
    return word_at(key, upper, position + offset);
  }
};

struct Uniform {
  static __device__ float draw(const Source& source, uint64_t place) {
    return uniform_of(source.word(place));
  }
};

struct Normal {
  static __device__ float draw(const Source& source, uint64_t place) {
    return normal_of(source.word(2 * place), source.word(2 * place + 1));
  }
};

template <class Density>
__global__ void draw_all(Source source, NoiseLayout layout, int64_t count, float* out) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  for (int64_t e = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; e < count; e += stride) {
    out[e] = Density::draw(source, static_cast<uint64_t>(layout.place(e)));
  }
}

template <class Density>
Tensor draw(const Random& random, const NoiseLayout& layout, torch::Device device) {
  const c10::cuda::CUDAGuard guard(device);
  const int64_t count = layout.count();
  Tensor result = torch::empty({count}, torch::TensorOptions(device).dtype(torch::kFloat));
  if (count == 0) return result;
  const Source source = {.key = random.key(),
                         .index = random.index_on_card() != nullptr ? 0 : random.index(),
                         .position = random.position(),
                         .index_on_card = random.index_on_card()};
  const auto blocks = static_cast<unsigned>(std::min((count + kThreads - 1) / kThreads, kMostBlocks));
  draw_all<Density><<<blocks, kThreads, 0, c10::cuda::getCurrentCUDAStream()>>>(source, layout, count,
                                                                                result.data_ptr<float>());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return result;
}

}  // namespace

bool draws_on(torch::Device device) { return device.is_cuda(); }

Tensor uniform_on_card(const Random& random, const NoiseLayout& layout, torch::Device device) {
  return draw<Uniform>(random, layout, device);
}

Tensor normal_on_card(const Random& random, const NoiseLayout& layout, torch::Device device) {
  return draw<Normal>(random, layout, device);
}

}  // namespace vae
