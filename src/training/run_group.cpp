#include "training/run_group.h"

#include <fmt/ranges.h>

#include <vector>

#include "config/parse.h"
#include "core/device.h"
#include "core/digest.h"
#include "core/error.h"
#include "objectives/divisible.h"

namespace vae {
namespace {

std::optional<std::string> why_indivisible(const Config& config, const Group& group) {
  if (auto complaint = indivisible(config.objective)) return complaint;
  if (auto complaint = indivisible(config.inference)) return complaint;
  if (auto complaint = indivisible(config.model.likelihood)) return complaint;
  if (carries_cards() || open_device(config.device, group.local_rank()).is_cpu()) return std::nullopt;
  return fmt::format(
      "device: \"{}\" is a card, and several processes of this program train on processors (for cards it "
      "is built with VAE_CUDA and NCCL's header); set it to \"cpu\"",
      config.device);
}

}  // namespace

void require_divisible(const Config& config, const Group& group) {
  if (group.is_alone()) return;
  if (const auto complaint = why_indivisible(config, group)) {
    throw UsageError("{}, or start one process instead of {}", *complaint, group.size());
  }
}

void require_same_config(const Config& config, const Group& group) {
  const std::string first = group.broadcast_text(dump(config));
  const auto expected = parse<Config>(first, "rank 0's config");
  if (config == expected) return;
  throw UsageError("{}: differs between rank {} and rank 0; start all with the same config",
                   fmt::join(differences(expected, config), ", "), group.rank());
}

void require_same_pictures(const PictureDescription& pictures, const Group& group) {
  const std::string own = dump(pictures);
  if (group.broadcast_text(own) == own) return;
  throw DataError("data.train: rank {} finds other pictures there than rank 0; copy them to its machine",
                  group.rank());
}

void require_same_weights(const Tensor& weights, int64_t step, const Group& group) {
  if (group.is_alone()) return;
  const Tensor here = weights.cpu();
  const Digest own = digest({static_cast<const std::byte*>(here.const_data_ptr()), here.nbytes()});
  const std::vector<int64_t> all = group.gather(static_cast<int64_t>(own.low));
  std::vector<size_t> others;
  for (size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank] != all.front()) others.push_back(rank);
  }
  if (others.empty()) return;
  throw PeerError(
      "step {}: rank {} has other weights than rank 0, though all took the same steps; run the same program "
      "and LibTorch on processors of the same type, and go on from the last checkpoint with --resume",
      step, fmt::join(others, " and "));
}

}  // namespace vae
