// A whole training run in its folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "core/log.h"
#include "core/stop_signal.h"
#include "data/batches.h"
#include "distributed/group.h"
#include "objectives/validation.h"
#include "training/checkpoint.h"
#include "training/collapse.h"
#include "training/config.h"
#include "training/divergence.h"
#include "training/run_checkpoints.h"
#include "training/run_lock.h"
#include "training/run_writer.h"
#include "training/trainer.h"

namespace vae {

/// Where a run is, for whoever watches.
struct RunProgress {
  int64_t epoch = 0;  // from 1
  int64_t epochs = 0;
  int64_t batch = 0;  // of the epoch, from 1
  int64_t batches = 0;
  int64_t step = 0;
  StepAverages latest = {};  // the last row of metrics
  double pictures_per_second = 0;
  double seconds_left = 0;
};

struct EpochReport {
  int64_t epoch = 0;
  int64_t epochs = 0;
  StepAverages train = {};
  std::optional<Validation> validation = {};
  bool is_best = false;
  double seconds = 0;
};

/// Told what happens; must return quickly.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_step(const RunProgress& progress) = 0;
  virtual void on_epoch(const EpochReport& report) = 0;
};

/// Why fit returned.
enum class Ending { finished, out_of_patience, stopped };

class Run {
 public:
  // With a group of several processes, each makes and fits the same run; rank 0 alone writes it.

  /// A new run in the folder `path`, which is made once everything else is known to fit; `replace` as in
  /// RunFolder. With `origin` it begins at the weights of that checkpoint as far as they fit, and logs what
  /// does not; CheckpointError where none does.
  static std::unique_ptr<Run> start(const Config& config, const std::filesystem::path& path, bool replace,
                                    const Checkpoint* origin = nullptr,
                                    const std::shared_ptr<const Group>& group = alone());

  /// Goes on from a checkpoint of the run in `folder`, with the config that resumed_config gave.
  static std::unique_ptr<Run> resume(const Config& config, const RunFolder& folder,
                                     const Checkpoint& checkpoint,
                                     const std::shared_ptr<const Group>& group = alone());

  /// Trains until the config's epochs are done, patience has run out, or a signal came; then all is saved.
  /// Where training diverges, it goes back to the last good checkpoint with a lower learning rate;
  /// DivergedError where it did so as often as the config allows. A checkpoint that can't be written within
  /// the run is tried again at the next save; IoError at the third in a row, and at the end. MemoryError
  /// where a step ran out of memory. A signal to any process of a group stops all of them after the same
  /// step; PeerError where one is lost, or has come to other weights.
  Ending fit(RunObserver& observer, const StopSignal& stop);

  const Config& config() const { return config_; }
  const TrainingState& state() const { return state_; }
  Profile& profile() { return trainer_.profile(); }
  const RunFolder& folder() const { return folder_; }

  /// The lock of its folder, for who writes there after it.
  std::optional<RunLock> take_lock() { return std::exchange(lock_, std::nullopt); }

  /// The signal that stopped it, to whichever process it came; 0 where none did.
  int stopped_by() const { return stopped_by_; }

  /// The name of the bound that validation measures.
  std::string bound() const { return bound_name(trainer_.objective().validation_samples()); }

 private:
  struct Data {
    std::shared_ptr<const Dataset> train;
    std::shared_ptr<const Dataset> validation;  // null where there is none
  };
  static Data read_data(const Config& config, int64_t threads);
  static Data read_data_in_turn(const Config& config, const Group& group);

  Run(const Config& config, const RunFolder& folder, const Data& data, std::shared_ptr<const Group> group);

  bool writes() const { return group_->is_first(); }
  void begin_together();

  void tell_others(const StopSignal& stop);
  bool is_stopped(const StopSignal& stop);
  bool is_asked_to_save(const StopSignal& stop);
  void train_epoch(RunObserver& observer, const StopSignal& stop);
  void take_step(const TrainingBatches::Plan& plan);
  void finish_epoch(RunObserver& observer);
  void after_step(RunObserver& observer, const StopSignal& stop);
  void log_steps(int64_t epoch);
  std::optional<Validation> validate_epoch();
  void write_pictures();
  bool saves_now() const;
  Checkpoint checkpoint();
  void look_for_divergence();
  void roll_back();
  void restore(const Checkpoint& checkpoint);
  [[noreturn]] void give_up();
  RunProgress progress() const;
  bool out_of_patience() const;

  using Clock = std::chrono::steady_clock;

  Config config_;
  RunFolder folder_;
  std::shared_ptr<const Group> group_;
  RunCheckpoints checkpoints_;
  torch::Device device_;
  Pictures train_;
  std::optional<Pictures> validation_;
  TrainingBatches batches_;
  Trainer trainer_;
  PictureDescription description_;
  TrainingState state_;
  DivergenceWatch divergence_;
  std::optional<RunLock> lock_;
  std::unique_ptr<RunWriter> writer_;   // of rank 0
  std::optional<LogFile> log_of_rank_;  // of the others
  CollapseWatch collapse_;
  int stopped_by_ = 0;

  StepAverages latest_;
  double pictures_per_second_ = 0;
  int64_t pictures_since_log_ = 0;
  Clock::time_point last_log_ = Clock::now();
  Clock::time_point epoch_begin_ = Clock::now();
};

}  // namespace vae
