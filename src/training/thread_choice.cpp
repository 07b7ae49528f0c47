#include "training/thread_choice.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>

#include "core/cores.h"
#include "core/divide_up.h"

namespace vae {
namespace {

bool is_ours_to_choose(const Config& config) {
  return config.threads == 0 && std::getenv("OMP_NUM_THREADS") == nullptr;
}

}  // namespace

int64_t threads_for_steps(const Vae& model, int64_t batch_size, int64_t available) {
  // A core does some 200 of them in a nanosecond, and a step has about ten products to share.
  constexpr int64_t kOperationsPerThread = 20'000'000;
  // A multiplication and an addition, forward and for both derivatives.
  constexpr int64_t kOperationsPerWeight = 6;
  int64_t weights = 0;
  for (const Tensor& parameter : model.parameters()) {
    if (parameter.dim() > 2) return available;  // used many times for each picture
    weights += parameter.numel();
  }
  const int64_t worth = kOperationsPerWeight * weights * batch_size / kOperationsPerThread;
  return std::clamp<int64_t>(worth, 1, available);
}

void use_threads(const Config& config, const Group& group) {
  if (config.threads > 0) at::set_num_threads(static_cast<int>(config.threads));
  if (!is_ours_to_choose(config)) return;
  const int64_t cores = usable_cores() / group.sharing_cores();
  at::set_num_threads(static_cast<int>(std::max<int64_t>(cores, 1)));
}

void use_threads_for_steps(const Config& config, const Vae& model, const Group& group) {
  if (!is_ours_to_choose(config)) return;
  const int64_t pictures = divide_up(config.training.batch_size, group.size());
  at::set_num_threads(static_cast<int>(threads_for_steps(model, pictures, at::get_num_threads())));
}

}  // namespace vae
