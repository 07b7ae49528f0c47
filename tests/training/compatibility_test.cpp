#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/npy.h"
#include "training/checkpoint.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// Checkpoints of every format there has been, by tests/fixtures/make_checkpoint.py.
std::vector<fs::path> fixtures() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(VAE_SOURCE_DIR "/tests/fixtures")) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

Tensor pictures() {
  const Tensor n = torch::arange(3).view({3, 1}), i = torch::arange(64).view({1, 64});
  return ((7 * n + 3 * i) % 11).to(torch::kFloat).div(10).view({3, 1, 8, 8});
}

TEST(Compatibility, EveryFormatThatEverWasIsLoadedAndReconstructsAsItDid) {
  const torch::NoGradGuard no_grad;
  ASSERT_FALSE(fixtures().empty());
  for (const fs::path& file : fixtures()) {
    SCOPED_TRACE(file);
    const Checkpoint checkpoint = Checkpoint::load(file);
    const auto model = restore_model(checkpoint, torch::kCPU);
    const Tensor z = model->encode(pictures())->mean();
    const Tensor mean = model->likelihood().mean(model->decode(z)).flatten(1);
    const Tensor expected = read_npy(fs::path(file).replace_extension(".npy"));
    // Sums of 64 numbers around 1, in float32 here, in float64 there.
    EXPECT_TRUE(torch::allclose(mean, expected, /*rtol=*/0, /*atol=*/1e-5)) << (mean - expected).abs().max();
    EXPECT_EQ(checkpoint.state.step, 8);
    EXPECT_EQ(checkpoint.state.epoch, 2);
  }
}

}  // namespace
}  // namespace vae
