// A watch on latents that say nothing of the picture.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vae {

/// Mean KL in nats below which a latent counts as dead: its posterior is the prior. Bowman et al. 2016,
/// section 3.1, describe the collapse.
constexpr double kDeadKl = 0.01;

/// Positions of the dead among latents with these mean KLs.
std::vector<int64_t> dead_latents(std::span<const double> kl);

/// Warns of a collapse, and again only where it has changed.
class CollapseWatch {
 public:
  /// From the mean KL of each latent: which are dead and what to try, where half of them or more are and
  /// their number is not that of the last look.
  std::optional<std::string> look(std::span<const double> kl);

 private:
  size_t last_ = 0;
};

}  // namespace vae
