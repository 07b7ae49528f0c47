// What every command that computes takes: where, how much at once, and what it says.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "core/progress.h"
#include "model/vae.h"

namespace vae {

struct Computing {
  std::string device = "auto";
  std::optional<int64_t> batch_size = {};
  bool json = false;
};

/// --device, --batch-size, --json, --quiet and --verbose.
void add_computing(CLI::App& command, Computing& computing);

/// --device, --json, --quiet and --verbose, where a batch has a meaning of its own.
void add_computing_without_batch(CLI::App& command, Computing& computing);

/// What was asked for, else as many pictures as take a few hundred megabytes.
int64_t batch_size(const Computing& computing, const Vae& model);

/// A line on stderr that says how far `what` is, in a terminal and unless --quiet; it disappears at the end.
Progress show_progress(std::string what);

}  // namespace vae
