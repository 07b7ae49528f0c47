#include "training/collapse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vae {
namespace {

constexpr size_t kNamed = 16;

/// "0, 1, 5", and how many more there are.
std::string listed(std::span<const int64_t> positions) {
  const auto named = positions.first(std::min(positions.size(), kNamed));
  const size_t more = positions.size() - named.size();
  return fmt::format("{}{}", fmt::join(named, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

std::vector<int64_t> dead_latents(std::span<const double> kl) {
  std::vector<int64_t> dead;
  for (size_t j = 0; j < kl.size(); ++j) {
    if (kl[j] < kDeadKl) dead.push_back(static_cast<int64_t>(j));
  }
  return dead;
}

std::optional<std::string> CollapseWatch::look(std::span<const double> kl) {
  const std::vector<int64_t> dead = dead_latents(kl);
  const bool changed = dead.size() != last_;
  last_ = dead.size();
  if (dead.empty() || !changed || 2 * dead.size() < kl.size()) return std::nullopt;
  return fmt::format(
      "{} of {} latent dimensions say nothing of the picture, their KL is below {} nats: {}. If it stays so, "
      "try a warm-up of beta (objective.beta_warmup_steps), objective.free_bits, or a weaker decoder",
      dead.size(), kl.size(), kDeadKl, listed(dead));
}

}  // namespace vae
