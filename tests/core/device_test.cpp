#include "core/device.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "core/error.h"
#include "support/throws.h"

namespace vae {
namespace {

TEST(Device, CpuIsTheProcessor) { EXPECT_EQ(open_device("cpu"), torch::Device(torch::kCPU)); }

TEST(Device, AutoIsTheCardWhereThereIsOneElseTheProcessor) {
  EXPECT_EQ(open_device("auto").type(), torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
}

TEST(Device, OtherNamesAreRefused) {
  for (const char* name : {"", "gpu", "CPU", "cpu ", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "mps"}) {
    EXPECT_TRUE(test::throws<UsageError>([&] { open_device(name); }, {name, "cuda:N"})) << '"' << name << '"';
  }
}

TEST(Device, ACardThatIsNotThereIsRefused) {
  for (const char* name : {"cuda:99", "cuda:99999999999999999999"}) {
    EXPECT_TRUE(test::throws<UsageError>([&] { open_device(name); }, {name}));
  }
  if (torch::cuda::is_available()) GTEST_SKIP() << "there is a card";
  for (const char* name : {"cuda", "cuda:0"}) {
    EXPECT_TRUE(test::throws<UsageError>([&] { open_device(name); }, {name, "cpu"}));
  }
}

TEST(Device, OfSeveralProcessesEachHasTheCardOfItsLocalRank) {
  const auto found = static_cast<int64_t>(torch::cuda::device_count());
  for (int64_t rank = 0; rank < found; ++rank) {
    EXPECT_EQ(open_device("cuda", rank), torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(rank)));
    EXPECT_EQ(open_device("auto", rank), open_device("cuda", rank));
    EXPECT_EQ(open_device("cuda:0", rank).index(), 0);
  }
  EXPECT_EQ(open_device("cpu", 1), torch::Device(torch::kCPU));
  EXPECT_TRUE(test::throws<UsageError>([&] { open_device("cuda", found); }, {"cuda", "cpu"}));
  if (found == 0) {
    EXPECT_EQ(open_device("auto", 1), torch::Device(torch::kCPU));
  } else {
    EXPECT_TRUE(test::throws<UsageError>([&] { open_device("auto", found); }, {"local rank"}));
  }
}

}  // namespace
}  // namespace vae
