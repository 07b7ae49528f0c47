#include "distributed/launch.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace vae {
namespace {

constexpr uint16_t kPort = 29500;  // torchrun's, too
constexpr int64_t kMaxPort = std::numeric_limits<uint16_t>::max();
constexpr int64_t kMaxSize = 1 << 20;

/// How a launcher names what it says.
struct Names {
  const char* rank;
  const char* size;
  const char* local_rank;
};

constexpr Names kTorchrun = {"RANK", "WORLD_SIZE", "LOCAL_RANK"};
constexpr Names kOpenMpi = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"};
// Set for the processes that srun starts, not for the script of sbatch itself.
constexpr Names kSlurm = {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"};

int64_t number(const std::string& name, const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && value >= least && value <= most) return value;
  throw UsageError("{}=\"{}\" in the environment: expected a whole number from {} to {}", name, text, least,
                   most);
}

int64_t required_number(const GetVariable& variable, const std::string& name, int64_t least, int64_t most) {
  return number(name, variable(name).value_or(""), least, most);
}

void require_all(const GetVariable& variable, const std::vector<std::string>& names, const char* remedy) {
  std::vector<std::string> there, missing;
  for (const std::string& name : names) (variable(name) ? there : missing).push_back(name);
  if (missing.empty()) return;
  throw UsageError("{}: set in the environment, but {} not; {}", fmt::join(there, ", "),
                   fmt::join(missing, ", "), remedy);
}

void read_place(Launch& launch, const GetVariable& variable, const Names& names) {
  launch.size = required_number(variable, names.size, 1, kMaxSize);
  launch.rank = required_number(variable, names.rank, 0, launch.size - 1);
  if (variable(names.local_rank)) {
    launch.local_rank = required_number(variable, names.local_rank, 0, launch.rank);
  }
}

/// MASTER_ADDR and MASTER_PORT, else what is there.
void read_meeting_place(Launch& launch, const GetVariable& variable) {
  if (const auto address = variable("MASTER_ADDR")) launch.address = *address;
  if (variable("MASTER_PORT")) {
    launch.port = static_cast<uint16_t>(required_number(variable, "MASTER_PORT", 1, kMaxPort));
  }
}

Launch from_torchrun(const GetVariable& variable) {
  std::vector<std::string> names = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"};
  if (variable("LOCAL_RANK")) names.insert(names.begin(), "LOCAL_RANK");
  require_all(variable, names, "set all of them, or none to train with one process");
  Launch launch;
  read_place(launch, variable, kTorchrun);
  read_meeting_place(launch, variable);
  launch.agent_keeps_store = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  if (const auto restarts = variable("TORCHELASTIC_RESTART_COUNT")) {
    launch.restarts = number("TORCHELASTIC_RESTART_COUNT", *restarts, 0, kMaxSize);
  }
  return launch;
}

Launch from_open_mpi(const GetVariable& variable) {
  require_all(variable, {kOpenMpi.rank, kOpenMpi.size, kOpenMpi.local_rank}, "start with mpirun");
  Launch launch = {.address = "127.0.0.1", .port = kPort};
  read_place(launch, variable, kOpenMpi);
  const bool is_one_machine = variable("OMPI_COMM_WORLD_LOCAL_SIZE") == variable(kOpenMpi.size);
  if (!is_one_machine && !variable("MASTER_ADDR")) {
    throw UsageError(
        "MASTER_ADDR: not set, and mpirun has started processes on several machines; give it the first of "
        "them: mpirun -x MASTER_ADDR=HOST ...");
  }
  read_meeting_place(launch, variable);
  return launch;
}

/// The first of "node[03-05,07],other": node03.
std::string first_host(std::string_view list) {
  const size_t end = list.find_first_of(",[");
  std::string host(list.substr(0, end));
  if (end == std::string_view::npos || list[end] == ',') return host;
  const std::string_view numbers = list.substr(end + 1);
  return host.append(numbers.substr(0, numbers.find_first_of(",-]")));
}

Launch from_slurm(const GetVariable& variable) {
  require_all(variable, {kSlurm.rank, kSlurm.size, kSlurm.local_rank}, "start with srun");
  Launch launch = {.port = kPort};
  read_place(launch, variable, kSlurm);
  if (const auto hosts = variable("SLURM_STEP_NODELIST")) launch.address = first_host(*hosts);
  if (const auto job = variable("SLURM_JOB_ID")) {  // two jobs may share a machine
    constexpr int64_t kFirst = 20'000, kCount = 10'000;
    const int64_t id = number("SLURM_JOB_ID", *job, 0, std::numeric_limits<int64_t>::max());
    launch.port = static_cast<uint16_t>(kFirst + id % kCount);
  }
  if (launch.address.empty() && !variable("MASTER_ADDR")) {
    throw UsageError("SLURM_STEP_NODELIST: not set in the environment; start with srun, or set MASTER_ADDR");
  }
  read_meeting_place(launch, variable);
  return launch;
}

}  // namespace

std::optional<Launch> launch_of(const GetVariable& variable) {
  const auto is_set = [&](const char* name) { return variable(name).has_value(); };
  if (is_set(kTorchrun.rank) || is_set(kTorchrun.size)) return from_torchrun(variable);
  if (is_set(kOpenMpi.rank) || is_set(kOpenMpi.size)) return from_open_mpi(variable);
  // A step of one task is an ordinary command in an allocation.
  if (is_set(kSlurm.size) && variable(kSlurm.size) != "1") return from_slurm(variable);
  constexpr std::array kOthers = {"LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"};
  if (std::ranges::any_of(kOthers, is_set)) return from_torchrun(variable);  // which names what is missing
  return std::nullopt;
}

std::optional<Launch> launch_of_environment() {
  return launch_of([](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

}  // namespace vae
