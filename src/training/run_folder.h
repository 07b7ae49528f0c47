// The folder that a run writes.
#pragma once

#include <cstdint>
#include <filesystem>

namespace vae {

/// Where everything of a run lies, below one path.
class RunFolder {
 public:
  /// Names an existing folder.
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  /// UsageError where a new run must not be written to `path`: it holds a run already and `replace` is false,
  /// or it holds anything that is no run.
  static void require_free(const std::filesystem::path& path, bool replace);

  /// Makes the folder after the same check, without what a former run left. IoError where it can't be made.
  static RunFolder create(const std::filesystem::path& path, bool replace);

  /// Removes what a process that was killed had begun to write. Only for whoever holds the folder's RunLock.
  void remove_unfinished() const;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path config() const { return path_ / "config.json"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path events() const { return path_ / "events.out.tfevents.0.vae"; }
  std::filesystem::path environment() const { return path_ / "environment.json"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path log_of_rank(int64_t rank) const;  // of the processes that do not write the run
  std::filesystem::path offending_batch() const { return path_ / "diverged.png"; }
  std::filesystem::path samples(int64_t epoch) const;
  std::filesystem::path reconstructions(int64_t epoch) const;
  std::filesystem::path last_checkpoint() const { return path_ / "checkpoints/last.safetensors"; }
  std::filesystem::path good_checkpoint() const { return path_ / "checkpoints/good.safetensors"; }
  std::filesystem::path best_checkpoint() const { return path_ / "checkpoints/best.safetensors"; }
  std::filesystem::path step_checkpoint(int64_t step) const;

 private:
  std::filesystem::path path_;
};

}  // namespace vae
