#include "core/out_of_memory.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>
#include <new>
#include <stdexcept>

namespace vae {
namespace {

/// Whether what `action` throws counts.
template <class Action>
bool runs_out_of_memory(const Action& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return is_out_of_memory(error);
  }
  ADD_FAILURE() << "nothing was thrown";
  return false;
}

TEST(OutOfMemory, IsToldOfTheProcessorByWhatLibTorchSays) {
  constexpr int64_t kTooMuch = std::numeric_limits<int64_t>::max() / 16;
  EXPECT_TRUE(runs_out_of_memory([] { torch::empty({kTooMuch}, torch::kFloat64); }));
}

TEST(OutOfMemory, IsToldOfDevicesByTheTypeOfTheError) {
  EXPECT_TRUE(runs_out_of_memory([] { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory"); }));
}

TEST(OutOfMemory, IsToldOfOurOwnAllocations) {
  EXPECT_TRUE(runs_out_of_memory([] { throw std::bad_alloc(); }));
}

TEST(OutOfMemory, IsNoOtherError) {
  EXPECT_FALSE(runs_out_of_memory([] { TORCH_CHECK(false, "shapes differ"); }));
  EXPECT_FALSE(runs_out_of_memory([] { throw std::runtime_error("can't allocate memory"); }));
}

}  // namespace
}  // namespace vae
