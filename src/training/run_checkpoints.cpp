#include "training/run_checkpoints.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/file.h"
#include "training/shared_checkpoint.h"

namespace vae {
namespace {

constexpr int64_t kMostFailures = 3;  // in a row, after which nothing would be left to go on for

}  // namespace

RunCheckpoints::RunCheckpoints(RunFolder folder, std::shared_ptr<const Group> group,
                               std::optional<int64_t> keep_every)
    : folder_(std::move(folder)), group_(std::move(group)), keep_every_(keep_every) {}

bool RunCheckpoints::lack_the_last() const {
  const bool has_one = group_->is_first() && std::filesystem::exists(folder_.last_checkpoint());
  return group_->gather(has_one ? 1 : 0).front() == 0;
}

void RunCheckpoints::save(const Checkpoint& now) const {
  if (group_->is_first()) now.save(folder_.last_checkpoint());
}

void RunCheckpoints::save_scheduled(const Checkpoint& now) const {
  save(now);
  if (group_->is_first() && now.state.bad_steps == 0)
    link_file(folder_.last_checkpoint(), folder_.good_checkpoint());
}

void RunCheckpoints::save_epoch(const Checkpoint& now, bool is_best) const {
  const bool stays = keep_every_ && now.state.epoch % *keep_every_ == 0;
  if (group_->is_first() && is_best) now.save(folder_.best_checkpoint());
  if (group_->is_first() && stays) now.save(folder_.step_checkpoint(now.state.step));
  save_scheduled(now);
}

bool RunCheckpoints::succeed_or_wait(const std::function<void()>& save) {
  try {
    save();
    failures_ = 0;
    return true;
  } catch (const IoError& error) {
    if (++failures_ == kMostFailures) throw;
    spdlog::warn("{}; going on, the next save tries again", error.what());
    return false;
  }
}

bool RunCheckpoints::all_know_that(bool saved) const {
  group_->wait_for_all();
  return group_->gather(saved ? 1 : 0).front() == 1;
}

Checkpoint RunCheckpoints::load_good() const {
  return load_for_all(*group_, [this] { return Checkpoint::load(folder_.good_checkpoint()); });
}

}  // namespace vae
