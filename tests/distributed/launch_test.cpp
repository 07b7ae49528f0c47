#include "distributed/launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace vae {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Launch> launch_of(const Variables& variables) {
  return vae::launch_of([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

/// What the UsageError says, empty where there is none.
std::string complaint(const Variables& variables) {
  try {
    launch_of(variables);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

/// With other values for some, or without those whose value is empty.
Variables with(Variables variables, const Variables& changes) {
  for (const auto& [name, value] : changes) {
    variables[name] = value;
    if (value.empty()) variables.erase(name);
  }
  return variables;
}

const Variables kByHand = {
    {"RANK", "1"}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "10.0.0.1"}, {"MASTER_PORT", "1234"}};

// As torchrun of PyTorch 2.13 sets them.
const Variables kTorchrun = with(kByHand, {{"LOCAL_RANK", "1"},
                                           {"LOCAL_WORLD_SIZE", "2"},
                                           {"GROUP_RANK", "0"},
                                           {"ROLE_RANK", "1"},
                                           {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                           {"TORCHELASTIC_RESTART_COUNT", "3"},
                                           {"TORCHELASTIC_MAX_RESTARTS", "5"}});

const Variables kMpirun = {{"OMPI_COMM_WORLD_RANK", "2"},
                           {"OMPI_COMM_WORLD_SIZE", "3"},
                           {"OMPI_COMM_WORLD_LOCAL_RANK", "2"},
                           {"OMPI_COMM_WORLD_LOCAL_SIZE", "3"}};

const Variables kSrun = {{"SLURM_PROCID", "5"},       {"SLURM_STEP_NUM_TASKS", "8"},
                         {"SLURM_LOCALID", "1"},      {"SLURM_NTASKS", "8"},
                         {"SLURM_JOB_ID", "7654321"}, {"SLURM_STEP_NODELIST", "node[03-04,07],other"}};

TEST(Launch, OfEachLauncher) {
  struct Case {
    const char* name;
    Variables variables;
    std::optional<Launch> expected;
  };
  const std::vector<Case> cases = {
      {"nothing", {}, std::nullopt},
      {"by hand", kByHand, Launch{.rank = 1, .size = 4, .address = "10.0.0.1", .port = 1234}},
      {"torchrun", kTorchrun,
       Launch{.rank = 1,
              .size = 4,
              .local_rank = 1,
              .address = "10.0.0.1",
              .port = 1234,
              .agent_keeps_store = true,
              .restarts = 3}},
      {"one process by torchrun", with(kTorchrun, {{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"LOCAL_RANK", "0"}}),
       Launch{.size = 1, .address = "10.0.0.1", .port = 1234, .agent_keeps_store = true, .restarts = 3}},
      {"torchrun without its store", with(kTorchrun, {{"TORCHELASTIC_USE_AGENT_STORE", "False"}}),
       Launch{.rank = 1, .size = 4, .local_rank = 1, .address = "10.0.0.1", .port = 1234, .restarts = 3}},
      {"mpirun on one machine", kMpirun,
       Launch{.rank = 2, .size = 3, .local_rank = 2, .address = "127.0.0.1", .port = 29500}},
      {"mpirun on several",
       with(kMpirun, {{"OMPI_COMM_WORLD_LOCAL_SIZE", "1"}, {"MASTER_ADDR", "b"}, {"MASTER_PORT", "7"}}),
       Launch{.rank = 2, .size = 3, .local_rank = 2, .address = "b", .port = 7}},
      {"srun", kSrun, Launch{.rank = 5, .size = 8, .local_rank = 1, .address = "node03", .port = 24321}},
      {"srun on one machine", with(kSrun, {{"SLURM_STEP_NODELIST", "alone"}}),
       Launch{.rank = 5, .size = 8, .local_rank = 1, .address = "alone", .port = 24321}},
      {"srun on two", with(kSrun, {{"SLURM_STEP_NODELIST", "first,second"}}),
       Launch{.rank = 5, .size = 8, .local_rank = 1, .address = "first", .port = 24321}},
      {"srun with an address", with(kSrun, {{"MASTER_ADDR", "c"}, {"MASTER_PORT", "65535"}}),
       Launch{.rank = 5, .size = 8, .local_rank = 1, .address = "c", .port = 65535}},
      {"srun of one task", with(kSrun, {{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}}), std::nullopt},
      {"a script of sbatch", with(kSrun, {{"SLURM_STEP_NUM_TASKS", ""}}), std::nullopt},
      {"torchrun in a job of Slurm", with(kTorchrun, kSrun), launch_of(kTorchrun)},
      {"mpirun in a job of Slurm", with(kMpirun, kSrun), launch_of(kMpirun)},
  };
  for (const Case& item : cases) {
    SCOPED_TRACE(item.name);
    const std::optional<Launch> found = launch_of(item.variables);
    ASSERT_EQ(found.has_value(), item.expected.has_value());
    EXPECT_TRUE(found == item.expected)
        << "rank " << found->rank << " of " << found->size << ", local " << found->local_rank << ", at "
        << found->address << ":" << found->port;
  }
}

TEST(Launch, RefusesWhatIsPartialOrContradictoryByItsName) {
  struct Case {
    Variables variables;
    std::vector<std::string> words;
  };
  const std::vector<Case> cases = {
      {with(kByHand, {{"RANK", ""}}), {"RANK not", "WORLD_SIZE"}},
      {with(kByHand, {{"WORLD_SIZE", ""}}), {"RANK", "WORLD_SIZE not"}},
      {{{"RANK", "0"}}, {"WORLD_SIZE, MASTER_ADDR, MASTER_PORT not"}},
      {{{"MASTER_ADDR", "a"}}, {"MASTER_ADDR: set", "RANK, WORLD_SIZE, MASTER_PORT not"}},
      {{{"LOCAL_RANK", "0"}}, {"RANK"}},
      {with(kByHand, {{"RANK", "4"}}), {"RANK=\"4\"", "from 0 to 3"}},
      {with(kByHand, {{"RANK", "-1"}}), {"RANK=\"-1\""}},
      {with(kByHand, {{"RANK", "1x"}}), {"RANK=\"1x\""}},
      {with(kByHand, {{"WORLD_SIZE", "0"}}), {"WORLD_SIZE=\"0\""}},
      {with(kByHand, {{"LOCAL_RANK", "2"}}), {"LOCAL_RANK=\"2\"", "from 0 to 1"}},
      {with(kByHand, {{"MASTER_PORT", "65536"}}), {"MASTER_PORT=\"65536\""}},
      {with(kTorchrun, {{"TORCHELASTIC_RESTART_COUNT", "often"}}), {"TORCHELASTIC_RESTART_COUNT"}},
      {with(kMpirun, {{"OMPI_COMM_WORLD_RANK", ""}}), {"OMPI_COMM_WORLD_RANK not"}},
      {with(kMpirun, {{"OMPI_COMM_WORLD_RANK", "3"}}), {"OMPI_COMM_WORLD_RANK=\"3\""}},
      {with(kMpirun, {{"OMPI_COMM_WORLD_LOCAL_SIZE", "1"}}), {"MASTER_ADDR", "several machines"}},
      {with(kSrun, {{"SLURM_LOCALID", ""}}), {"SLURM_LOCALID not"}},
      {with(kSrun, {{"SLURM_PROCID", "8"}}), {"SLURM_PROCID=\"8\""}},
      {with(kSrun, {{"SLURM_STEP_NODELIST", ""}}), {"SLURM_STEP_NODELIST", "MASTER_ADDR"}},
  };
  for (const Case& item : cases) {
    const std::string words = complaint(item.variables);
    for (const std::string& word : item.words) EXPECT_THAT(words, testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace vae
