#include "training/memory_advice.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <exception>
#include <string>

#include "core/out_of_memory.h"

namespace vae {
namespace {

bool fits(Trainer& trainer, const Batch& batch) {
  try {
    trainer.step(batch);
    return true;
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
    return false;
  }
}

/// 0 where not even one picture does.
int64_t size_that_fits(Trainer& trainer, const Batch& batch) {
  int64_t size = batch.size() / 2;
  while (size > 0 && !fits(trainer, first_of(batch, size))) size /= 2;
  return size;
}

double peak_gibibytes() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / (1 << 20);  // given in KiB
}

}  // namespace

MemoryError out_of_memory_at(Trainer& trainer, const Batch& batch) {
  const double peak = peak_gibibytes();
  const int64_t size = size_that_fits(trainer, batch);
  const std::string remedy =
      size > 0 ? fmt::format("a step of {} fitted: set training.batch_size to that or less", size)
               : "not even a step of one fitted: take a smaller model";
  return MemoryError("out of memory in a step of {} pictures, with a peak of {:.2f} GiB resident; {}",
                     batch.size(), peak, remedy);
}

}  // namespace vae
