#include "data/memory.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>

#include "data/require_memory.h"

namespace vae {
namespace {

/// The product, or the largest number where it is larger.
uint64_t saturating_product(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<uint64_t>::max()
                                                : static_cast<uint64_t>(product);
}

/// Calls `work` for 0 ... count - 1 on `threads` threads, and rethrows the error of the lowest index that
/// failed.
void for_each_index(int64_t count, int64_t threads, const std::function<void(int64_t)>& work) {
  std::atomic<int64_t> next = 0;
  std::mutex mutex;
  int64_t failed_index = count;
  std::exception_ptr failure;

  const auto worker = [&] {
    for (int64_t index = next++; index < count; index = next++) {
      try {
        work(index);
      } catch (...) {
        next = count;  // lower indices have been handed out already: whoever has one finishes it
        const std::lock_guard lock(mutex);
        if (index < failed_index) {
          failed_index = index;
          failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int64_t thread = 1; thread < std::min(threads, count); ++thread) workers.emplace_back(worker);
    worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

MemoryDataset::MemoryDataset(const Dataset& source, int64_t threads)
    : shape_(source.shape()), classes_(source.classes()), factor_names_(source.factor_names()) {
  const int64_t count = source.size();
  const uint64_t bytes = saturating_product(count, shape_.elements());
  require_memory(bytes, "pictures kept in memory");
  pixels_.resize(bytes);
  labels_.resize(static_cast<size_t>(count));
  names_.resize(static_cast<size_t>(count));
  factor_values_.resize(static_cast<size_t>(count));
  const auto elements = static_cast<size_t>(shape_.elements());
  for_each_index(count, threads, [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    source.get(index, std::span(pixels_).subspan(position * elements, elements));
    labels_[position] = source.label(index);
    names_[position] = source.name(index);
    factor_values_[position] = source.factor_values(index);
  });
}

void MemoryDataset::get(int64_t index, std::span<uint8_t> pixels) const {
  const auto picture = this->pixels().subspan(static_cast<size_t>(index * shape_.elements()), pixels.size());
  std::copy(picture.begin(), picture.end(), pixels.begin());
}

}  // namespace vae
