#include "training/environment.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <torch/version.h>

#include <fstream>
#include <string_view>

#include "config/bind.h"
#include "core/error.h"
#include "core/file.h"

namespace vae {
namespace {

// Linux tells the model of each core; elsewhere the architecture has to do.
std::string processor_name(const utsname& system) {
  std::ifstream cores("/proc/cpuinfo");
  for (std::string line; std::getline(cores, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return system.machine;
}

}  // namespace

Environment current_environment(const std::string& device, int64_t processes) {
  utsname system = {};
  uname(&system);
  return {.vae = VAE_VERSION,
          .libtorch = TORCH_VERSION,
          .processor = processor_name(system),
          .threads = at::get_num_threads(),
          .processes = processes,
          .device = device,
          .system = fmt::format("{} {}", system.sysname, system.release)};
}

std::optional<Environment> load_environment(const std::filesystem::path& file) {
  try {
    return parse_file<Environment>(file);
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

void save_environment(const std::filesystem::path& file, const Environment& environment) {
  write_file_atomically(file, dump(environment));
}

template Environment parse_file<Environment>(const std::filesystem::path&, std::span<const std::string>);
template std::string dump<Environment>(const Environment&);

}  // namespace vae
