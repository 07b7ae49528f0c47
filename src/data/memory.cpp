#include "data/memory.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/parallel.h"
#include "data/require_memory.h"

namespace vae {
namespace {

/// The product, or the largest number where it is larger.
uint64_t saturating_product(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<uint64_t>::max()
                                                : static_cast<uint64_t>(product);
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
  std::ranges::copy(stored(index), pixels.begin());
}

std::span<const uint8_t> MemoryDataset::stored(int64_t index) const {
  const auto elements = static_cast<size_t>(shape_.elements());
  return pixels().subspan(static_cast<size_t>(index) * elements, elements);
}

std::shared_ptr<const Dataset> with_stored_pixels(std::shared_ptr<const Dataset> source, int64_t threads) {
  if (source->size() > 0 && !source->stored(0).empty()) return source;
  return std::make_shared<MemoryDataset>(*source, threads);
}

}  // namespace vae
