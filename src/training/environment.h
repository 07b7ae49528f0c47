// What a run was trained with: its numbers repeat bit for bit there only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>

#include "config/fields.h"

namespace vae {

struct Environment {
  std::string vae;
  std::string libtorch;
  std::string processor;
  int64_t threads = 1;
  int64_t processes = 1;
  std::string device;
  std::string system;
  bool operator==(const Environment&) const = default;
};

inline constexpr auto fields(Tag<Environment>) {
  return std::tuple{
      required("vae", &Environment::vae, "Version of this program."),
      required("libtorch", &Environment::libtorch, "Version of LibTorch."),
      required("processor", &Environment::processor, "Model of the processor."),
      required("threads", &Environment::threads, at_least(1), "Threads that computed."),
      field("processes", &Environment::processes, at_least(1),
            "Processes that computed, each with so many threads."),
      required("device", &Environment::device, "Where the model was: cpu, cuda:0, ..."),
      required("system", &Environment::system, "Operating system and its kernel."),
  };
}

/// Of this process, one of so many, its model on `device`.
Environment current_environment(const std::string& device, int64_t processes = 1);

/// Written by save_environment; nothing where there is no such file, or it is damaged.
std::optional<Environment> load_environment(const std::filesystem::path& file);
void save_environment(const std::filesystem::path& file, const Environment& environment);

}  // namespace vae
