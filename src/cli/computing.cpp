#include "cli/computing.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/options.h"
#include "core/log.h"

namespace vae {
namespace {

// Numbers of one draw's decoded pictures: a few hundred megabytes with what the density needs beside them.
constexpr int64_t kBatchElements = int64_t{1} << 22;
constexpr int64_t kLargestBatch = 1000;

constexpr std::chrono::milliseconds kBetweenLines(100);

void add_verbosity(CLI::App& command) {
  auto* quiet = command.add_flag_callback(
      "-q,--quiet", [] { set_log_level(spdlog::level::warn); },
      "Says nothing on stderr but warnings and errors");
  command
      .add_flag_callback(
          "-v,--verbose", [] { set_log_level(spdlog::level::debug); }, "Says on stderr what it does, too")
      ->excludes(quiet);
}

}  // namespace

void add_computing_without_batch(CLI::App& command, Computing& computing) {
  command.add_flag("--json", computing.json, "One JSON object on stdout instead of text");
  add_device(command, computing.device);
  add_verbosity(command);
}

void add_computing(CLI::App& command, Computing& computing) {
  command
      .add_option("--batch-size", computing.batch_size,
                  "Pictures that are computed at once; by their size if not given")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  add_computing_without_batch(command, computing);
}

int64_t batch_size(const Computing& computing, const Vae& model) {
  const PictureShape& picture = model.picture();
  const int64_t elements =
      model.likelihood().parameter_channels(picture.channels) * picture.height * picture.width;
  return computing.batch_size.value_or(std::clamp(kBatchElements / elements, int64_t{1}, kLargestBatch));
}

Progress show_progress(std::string what) {
  using Clock = std::chrono::steady_clock;
  if (!stderr_can_erase_lines() || log_level() > spdlog::level::info) return ignore_progress;
  return [what = std::move(what), next = Clock::now() + kBetweenLines](int64_t done, int64_t total) mutable {
    const auto now = Clock::now();
    if (done == total) {
      fmt::print(stderr, "\r\033[K");
    } else if (now >= next) {
      next = now + kBetweenLines;
      fmt::print(stderr, "\r\033[K{}: {} of {}", what, done, total);
    }
    std::fflush(stderr);
  };
}

}  // namespace vae
