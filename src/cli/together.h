// Commands that several processes can share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "distributed/group.h"

namespace vae {

/// --peer-timeout, in seconds.
void add_peer_timeout(CLI::App& command, double& seconds);

/// Calls `work` with the processes that the environment names, else with this one alone; only rank 0 then
/// says what is not an error. The others hear of it where this one fails.
void with_group(double peer_timeout,
                const std::function<void(const std::shared_ptr<const Group>&, const Launch&)>& work);

}  // namespace vae
