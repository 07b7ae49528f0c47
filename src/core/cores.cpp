#include "core/cores.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace vae {
namespace {

std::vector<int> bound_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> processors;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (size_t i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &set)) processors.push_back(static_cast<int>(i));
    }
  } else {
    for (int i = 0; i < static_cast<int>(std::thread::hardware_concurrency()); ++i) processors.push_back(i);
  }
  return processors;
}

/// The processors of one core, as the system lists them.
std::string core_of(int processor, const std::filesystem::path& sys) {
  std::ifstream file(sys / fmt::format("devices/system/cpu/cpu{}/topology/core_cpus_list", processor));
  std::string list;
  return std::getline(file, list) ? list : fmt::format("processor {}", processor);
}

/// Processors' worth of time that the control group has, of version 2; infinite where it is not limited.
double quota(const std::filesystem::path& sys) {
  std::ifstream file(sys / "fs/cgroup/cpu.max");
  double microseconds = 0, period = 0;
  return file >> microseconds >> period && period > 0 ? microseconds / period : INFINITY;
}

}  // namespace

int64_t usable_cores(std::span<const int> processors, const std::filesystem::path& sys) {
  std::set<std::string> cores;
  for (const int processor : processors) cores.insert(core_of(processor, sys));
  const double usable = std::min(static_cast<double>(cores.size()), std::ceil(quota(sys)));
  return std::max(static_cast<int64_t>(usable), int64_t{1});
}

int64_t usable_cores() { return usable_cores(bound_processors(), "/sys"); }

}  // namespace vae
