// The checkpoints that a run keeps in its folder.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "distributed/group.h"
#include "training/checkpoint.h"
#include "training/run_folder.h"

namespace vae {

/// Rank 0 of a group writes them; the others call the same and write nothing. IoError where one can't be
/// written.
class RunCheckpoints {
 public:
  /// Keeps those of every so many epochs beside the last, the last good and the best.
  RunCheckpoints(RunFolder folder, std::shared_ptr<const Group> group, std::optional<int64_t> keep_every);

  /// Whether there is no last one yet.
  bool lack_the_last() const;

  /// The last.
  void save(const Checkpoint& now) const;

  /// The last, which is what a diverging run goes back to where all is well. Only these are, never those that
  /// a signal asked for: a run does the same however often it was interrupted.
  void save_scheduled(const Checkpoint& now) const;

  /// What stays of an epoch that is over, and the scheduled one.
  void save_epoch(const Checkpoint& now, bool is_best) const;

  /// Calls save(); where it throws IoError, warns and goes on, but for the third time in a row. Whether it
  /// came to its end.
  bool succeed_or_wait(const std::function<void()>& save);

  /// Rank 0's answer, for which the others wait however long its save takes.
  bool all_know_that(bool saved) const;

  /// On all processes the one to go back to.
  Checkpoint load_good() const;

 private:
  RunFolder folder_;
  std::shared_ptr<const Group> group_;
  std::optional<int64_t> keep_every_;
  int64_t failures_ = 0;  // in a row
};

}  // namespace vae
