#include "training/memory_advice.h"

#include <c10/core/CachingDeviceAllocator.h>
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

/// "0.52 GiB resident", or of a card "9.81 GiB on cuda:0".
std::string peak_on(torch::Device device) {
  constexpr double kGibibyte = 1 << 30;
  if (device.is_cpu()) {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return fmt::format("{:.2f} GiB resident", static_cast<double>(usage.ru_maxrss) * 1024 / kGibibyte);
  }
  const auto statistics = at::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return fmt::format("{:.2f} GiB on {}",
                     static_cast<double>(statistics.allocated_bytes[all].peak) / kGibibyte, device.str());
}

}  // namespace

MemoryError out_of_memory_at(Trainer& trainer, const Batch& batch) {
  const std::string peak = peak_on(batch.x.device());
  const int64_t size = size_that_fits(trainer, batch);
  const std::string remedy =
      size > 0 ? fmt::format("a step of {} fitted: set training.batch_size to that or less", size)
               : "not even a step of one fitted: take a smaller model";
  return MemoryError("out of memory in a step of {} pictures, with a peak of {}; {}", batch.size(), peak,
                     remedy);
}

}  // namespace vae
