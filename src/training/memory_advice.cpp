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

double resident_peak() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

/// Of LibTorch's allocator on a card.
struct CardPeak {
  double taken = 0;
  double in_use = 0;
};

CardPeak peak_on(torch::Device card) {
  const auto statistics = at::getDeviceAllocator(card.type())->getDeviceStats(card.index());
  const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return {.taken = static_cast<double>(statistics.reserved_bytes[all].peak),
          .in_use = static_cast<double>(statistics.allocated_bytes[all].peak)};
}

/// "0.52 GiB resident", or of a card "9.81 GiB on cuda:0".
std::string peak_in_use(torch::Device device) {
  constexpr double kGibibyte = 1 << 30;
  if (device.is_cpu()) return fmt::format("{:.2f} GiB resident", resident_peak() / kGibibyte);
  return fmt::format("{:.2f} GiB on {}", peak_on(device).in_use / kGibibyte, device.str());
}

}  // namespace

std::string memory_peak(torch::Device device) {
  constexpr double kMebibyte = 1 << 20;
  if (device.is_cpu()) return fmt::format("{:.1f} MiB resident", resident_peak() / kMebibyte);
  const CardPeak peak = peak_on(device);
  return fmt::format("{:.1f} MiB of {}, {:.1f} MiB in use", peak.taken / kMebibyte, device.str(),
                     peak.in_use / kMebibyte);
}

MemoryError out_of_memory_at(Trainer& trainer, const Batch& batch) {
  const std::string peak = peak_in_use(batch.x.device());
  const int64_t size = size_that_fits(trainer, batch);
  const std::string remedy =
      size > 0 ? fmt::format("a step of {} fitted: set training.batch_size to that or less", size)
               : "not even a step of one fitted: take a smaller model";
  return MemoryError("out of memory in a step of {} pictures, with a peak of {}; {}", batch.size(), peak,
                     remedy);
}

}  // namespace vae
