#include "data/split.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "data/subset.h"

namespace vae {
namespace {

/// Pictures that a split takes from a training source of `size`.
int64_t taken_from_training(const SplitConfig& config, int64_t size) {
  const auto* part = config.get_if<FractionConfig>();
  return part == nullptr ? 0 : std::llround(part->fraction * static_cast<double>(size));
}

/// The data set of a split that does not come out of the training source; null for the others.
std::shared_ptr<const Dataset> open_own(const SplitConfig& config, const FolderReading& reading) {
  return config.visit([&]<class T>(const T& chosen) -> std::shared_ptr<const Dataset> {
    if constexpr (std::is_same_v<T, NoneConfig> || std::is_same_v<T, FractionConfig>) {
      return nullptr;
    } else {
      return open_dataset(chosen, reading);
    }
  });
}

std::shared_ptr<const Dataset> part(const std::shared_ptr<const Dataset>& source,
                                    std::span<const int64_t> indices) {
  std::vector<int64_t> ascending(indices.begin(), indices.end());
  std::sort(ascending.begin(), ascending.end());
  return std::make_shared<Subset>(source, std::move(ascending));
}

void expect_pictures(const Dataset* split, std::string_view name, int64_t source_size) {
  if (split != nullptr && split->size() == 0) {
    throw DataError("data: no picture left for {} out of {}; change the fractions or add pictures", name,
                    source_size);
  }
}

/// Labels are positions in the list of classes: the split's list must be the beginning of the training one.
bool is_beginning(std::span<const std::string> beginning, std::span<const std::string> all) {
  return beginning.size() <= all.size() && std::equal(beginning.begin(), beginning.end(), all.begin());
}

void expect_fits(const Dataset& train, const Dataset* split, std::string_view name) {
  if (split == nullptr) return;
  if (split->shape() != train.shape()) {
    throw DataError("data: {} pictures are {}, those of training {}; give both the same size", name,
                    to_string(split->shape()), to_string(train.shape()));
  }
  if (!train.classes().empty() && !is_beginning(split->classes(), train.classes())) {
    throw DataError("data: {} has classes [{}], training [{}]; name the folders alike", name,
                    fmt::join(split->classes(), ", "), fmt::join(train.classes(), ", "));
  }
}

}  // namespace

Splits open_splits(const SourceConfig& train, const SplitConfig& validation, const SplitConfig& test,
                   uint64_t seed, const FolderReading& reading) {
  const std::shared_ptr<const Dataset> source = open_dataset(train, reading);
  Splits splits{
      .train = source, .validation = open_own(validation, reading), .test = open_own(test, reading)};

  const int64_t size = source->size();
  const int64_t test_size = taken_from_training(test, size);
  const int64_t validation_size = std::min(taken_from_training(validation, size), size - test_size);
  const std::vector<int64_t> order = Random(seed, "split").permutation(size);
  std::span<const int64_t> left = order;
  const auto take = [&](int64_t count) {
    const auto taken = left.first(static_cast<size_t>(count));
    left = left.subspan(taken.size());
    return part(source, taken);
  };
  if (test.is<FractionConfig>()) splits.test = take(test_size);
  if (validation.is<FractionConfig>()) splits.validation = take(validation_size);
  if (left.size() < order.size()) splits.train = part(source, left);

  expect_pictures(splits.train.get(), "training", size);
  expect_pictures(splits.validation.get(), "validation", size);
  expect_pictures(splits.test.get(), "test", size);
  expect_fits(*splits.train, splits.validation.get(), "validation");
  expect_fits(*splits.train, splits.test.get(), "test");
  return splits;
}

}  // namespace vae
