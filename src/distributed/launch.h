// Which process of a run this is, as the launcher says in the environment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace vae {

/// One process of a run that several share.
struct Launch {
  int64_t rank = 0;
  int64_t size = 1;
  int64_t local_rank = 0;    // among those of this machine
  std::string address = {};  // of rank 0's machine
  uint16_t port = 0;
  bool agent_keeps_store = false;  // the store at that address is there already: torchrun's
  int64_t restarts = 0;            // how often torchrun has started the processes again
  bool operator==(const Launch&) const = default;
};

/// A variable of the environment, nothing where it is not set.
using GetVariable = std::function<std::optional<std::string>(const std::string&)>;

/// From RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT (torchrun, or by hand), else from those of
/// Open MPI's mpirun, else from those of Slurm's srun; nothing where there are none of them: one process.
/// MASTER_ADDR and MASTER_PORT hold with each of the three. UsageError naming what is missing, is no number,
/// or contradicts another.
std::optional<Launch> launch_of(const GetVariable& variable);

/// From this process's environment.
std::optional<Launch> launch_of_environment();

}  // namespace vae
