#include "cli/together.h"

#include <spdlog/spdlog.h>

#include <chrono>

#include "core/log.h"

namespace vae {

void add_peer_timeout(CLI::App& command, double& seconds) {
  command
      .add_option("--peer-timeout", seconds,
                  "Of several processes: seconds after which one that does not answer counts as lost")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 86'400.0));
}

void with_group(double peer_timeout,
                const std::function<void(const std::shared_ptr<const Group>&, const Launch&)>& work) {
  const std::optional<Launch> launch = launch_of_environment();
  if (!launch) return work(alone(), Launch());
  const std::chrono::duration<double> timeout(peer_timeout);
  const auto group = join(*launch, std::chrono::duration_cast<std::chrono::milliseconds>(timeout));
  if (!group->is_first()) set_log_level(spdlog::level::err);
  spdlog::info("rank {} of {}, number {} on its machine", launch->rank, launch->size, launch->local_rank);
  try {
    work(group, *launch);
  } catch (const std::exception& error) {
    group->leave(error.what());
    throw;
  }
}

}  // namespace vae
