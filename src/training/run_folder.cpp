#include "training/run_folder.h"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "core/error.h"
#include "core/file.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

// Everything that a run writes: replacing one removes this and nothing else.
constexpr std::array kEntries = {
    "config.json", "metrics.jsonl", "events.out.tfevents.0.vae", "log.txt",     "samples", "reconstructions",
    "checkpoints", "report.html",   "environment.json",          "diverged.png"};
constexpr const char* kRankLog = "log-rank-";
constexpr std::array kFolders = {"samples", "reconstructions", "checkpoints"};

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
  throw IoError("{}: {}; choose another folder with --out", path.string(), error.message());
}

bool is_empty_folder(const fs::path& path) {
  std::error_code error;
  const bool empty = fs::is_empty(path, error);
  if (error) fail(path, error);
  return empty;
}

bool is_unfinished_config(const fs::path& path) {
  return path.filename().string().starts_with(fmt::format("config.json{}", kTemporaryMark));
}

/// As a process leaves it that ended between making the folders and having written the config.
bool holds_only_a_beginning(const fs::path& path) {
  return std::ranges::all_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    return entry.is_directory() ? is_empty_folder(entry.path()) : is_unfinished_config(entry.path());
  });
}

void remove_run(const fs::path& path) {
  std::error_code error;
  for (const char* entry : kEntries) {
    fs::remove_all(path / entry, error);
    if (error) fail(path / entry, error);
  }
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().filename().string().starts_with(kRankLog)) fs::remove(entry.path(), error);
  }
}

}  // namespace

void RunFolder::require_free(const fs::path& path, bool replace) {
  if (!fs::exists(path)) return;
  if (!fs::is_directory(path))
    throw UsageError("{}: is a file; choose another folder with --out", path.string());
  if (is_empty_folder(path) || holds_only_a_beginning(path)) return;
  if (!fs::exists(path / "config.json")) {
    throw UsageError("{}: holds files, but no run; choose another folder with --out", path.string());
  }
  if (!replace) {
    throw UsageError("{}: already holds a run; --resume it, replace it with --force, or choose another --out",
                     path.string());
  }
}

RunFolder RunFolder::create(const fs::path& path, bool replace) {
  require_free(path, replace);
  remove_run(path);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (is_unfinished_config(entry.path())) fs::remove(entry.path(), error);
  }
  for (const char* folder : kFolders) {
    fs::create_directories(path / folder, error);
    if (error) fail(path / folder, error);
  }
  return RunFolder(path);
}

void RunFolder::remove_unfinished() const {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(path_, error)) {
    const bool is_temporary = entry.path().filename().string().find(kTemporaryMark) != std::string::npos;
    if (is_temporary && entry.is_regular_file()) fs::remove(entry.path(), error);
  }
}

fs::path RunFolder::samples(int64_t epoch) const {
  return path_ / fmt::format("samples/epoch-{:04}.png", epoch);
}

fs::path RunFolder::reconstructions(int64_t epoch) const {
  return path_ / fmt::format("reconstructions/epoch-{:04}.png", epoch);
}

fs::path RunFolder::log_of_rank(int64_t rank) const {
  return path_ / fmt::format("{}{}.txt", kRankLog, rank);
}

fs::path RunFolder::step_checkpoint(int64_t step) const {
  return path_ / fmt::format("checkpoints/step-{:08}.safetensors", step);
}

}  // namespace vae
