#include "training/run.h"

#include <ATen/Parallel.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "config/parse.h"
#include "core/device.h"
#include "core/error.h"
#include "core/file.h"
#include "core/out_of_memory.h"
#include "data/memory.h"
#include "distributed/in_turn.h"
#include "images/png.h"
#include "model/evaluation_mode.h"
#include "training/hyper_parameters.h"
#include "training/memory_advice.h"
#include "training/run_data.h"
#include "training/run_group.h"
#include "training/run_pictures.h"
#include "training/thread_choice.h"
#include "training/warm_start.h"

namespace vae {
namespace {

constexpr int64_t kEvaluationBatch = 512;  // no result depends on it but for rounding
constexpr const char* kHistory = "training.losses";

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

BatchPlace place(const Config& config, torch::Device device) {
  return {device, weight_type(config.precision)};
}

int64_t warmup_steps(const ScheduleConfig& schedule) {
  if (const auto* warmup = schedule.get_if<WarmupSchedule>()) return warmup->steps;
  if (const auto* cosine = schedule.get_if<CosineSchedule>()) return cosine->warmup_steps;
  return 0;
}

/// What a scheme that keeps something of each picture takes of this process.
void tell_memory(const Inference& inference) {
  if (!inference.knows_pictures()) return;
  size_t bytes = 0;
  for (const Tensor& buffer : inference.buffers()) bytes += buffer.nbytes();
  constexpr double kMebibyte = 1 << 20;
  spdlog::info("q(z | x) of {} pictures, with Adam's memory of each: {:.1f} MiB", inference.rows()->size(),
               static_cast<double>(bytes) / kMebibyte);
}

void tell_peak(torch::Device device) { spdlog::debug("the most memory: {}", memory_peak(device)); }

void warn_of_long_warmup(const TrainingConfig& training, int64_t total_steps) {
  const int64_t steps = warmup_steps(training.schedule);
  if (steps < total_steps) return;
  spdlog::warn(
      "training.schedule: {} steps of warm-up, but the run has {} in all, and never reaches "
      "training.optimizer.learning_rate; give fewer, or more training.epochs",
      steps, total_steps);
}

}  // namespace

Run::Data Run::read_data(const Config& config, int64_t threads) {
  const Splits splits = open_splits(config, threads);
  Data data = {.train = with_stored_pixels(splits.train, threads), .validation = nullptr};
  if (splits.validation) data.validation = with_stored_pixels(splits.validation, threads);
  return data;
}

/// The first on a machine has the cores of all that wait for it.
Run::Data Run::read_data_in_turn(const Config& config, const Group& group) {
  const int64_t sharing = group.is_first_here() ? group.sharing_cores() : 1;
  return in_turn(group, [&] { return read_data(config, at::get_num_threads() * sharing); });
}

Run::Run(const Config& config, const RunFolder& folder, const Data& data, std::shared_ptr<const Group> group)
    : config_(config),
      folder_(folder),
      group_(std::move(group)),
      checkpoints_(folder, group_, config.training.keep_every_epochs),
      device_(open_device(config.device, group_->local_rank())),
      train_(data.train, config.data.observation, place(config, device_)),
      batches_(train_,
               {.batch_size = config.training.batch_size,
                .drop_last = config.training.drop_last,
                .horizontal_flip = config.data.horizontal_flip,
                .share = {.index = group_->rank(), .count = group_->size()}},
               config.seed),
      trainer_(config,
               {.shape = data.train->shape(),
                .classes = static_cast<int64_t>(data.train->classes().size()),
                .count = data.train->size()},
               device_, config.training.epochs * batches_.per_epoch(), group_),
      description_(describe(*data.train, trainer_.inference())),
      divergence_(config.training.divergence) {
  use_threads_for_steps(config, trainer_.model(), *group_);
  if (data.validation) validation_.emplace(data.validation, config.data.observation, place(config, device_));
  if (batches_.per_epoch() == 0) {
    throw UsageError(
        "training.batch_size: {} is more than the {} training pictures, and training.drop_last leaves none",
        config.training.batch_size, train_.size());
  }
}

std::unique_ptr<Run> Run::start(const Config& config, const std::filesystem::path& path, bool replace,
                                const Checkpoint* origin, const std::shared_ptr<const Group>& group) {
  if (group->is_first()) RunFolder::require_free(path, replace);
  require_divisible(config, *group);
  std::unique_ptr<Run> run(new Run(config, RunFolder(path), read_data_in_turn(config, *group), group));
  if (const auto doubt = doubt_about(config)) spdlog::warn("{}", *doubt);
  warn_of_long_warmup(config.training, config.training.epochs * run->batches_.per_epoch());
  run->trainer_.model().start_at_mean(run->train_.mean());
  std::optional<WarmStart> warm_start;
  if (origin) warm_start = take_weights(run->trainer_.model(), *origin);
  if (run->writes()) {
    run->lock_.emplace(path);
    RunFolder::create(path, replace);
    write_file_atomically(run->folder_.config(), dump(config));
    run->writer_ = std::make_unique<RunWriter>(run->folder_);
    run->writer_->hyper_parameters(hyper_parameters(config));
  }
  run->begin_together();
  tell_memory(run->trainer_.inference());
  if (warm_start) spdlog::info("begins at {}: {}", origin->path.string(), warm_start->summary());
  return run;
}

std::unique_ptr<Run> Run::resume(const Config& config, const RunFolder& folder, const Checkpoint& checkpoint,
                                 const std::shared_ptr<const Group>& group) {
  std::optional<RunLock> lock;
  if (group->is_first()) {
    lock.emplace(folder.path());
    folder.remove_unfinished();
  }
  require_divisible(config, *group);
  std::unique_ptr<Run> run(new Run(config, folder, read_data_in_turn(config, *group), group));
  require_same(run->description_, checkpoint.pictures);
  run->restore(checkpoint);
  if (run->writes()) {
    run->lock_ = std::move(lock);
    const bool is_last = checkpoint.path == folder.last_checkpoint();
    if (!is_last || !std::filesystem::exists(folder.good_checkpoint())) {
      checkpoint.save(folder.good_checkpoint());  // one that is there may be damaged, or of a later step
    }
    write_file_atomically(folder.config(), dump(config));
    run->writer_ = std::make_unique<RunWriter>(folder, checkpoint.state.step);
  }
  run->begin_together();
  return run;
}

// Once the folder is there. Processors of other types may have come to other first weights.
void Run::begin_together() {
  if (group_->is_alone()) return;
  require_same_pictures(description_, *group_);
  group_->broadcast(trainer_.weights());
  if (writes()) return;
  std::filesystem::create_directories(folder_.path());  // on another machine
  log_of_rank_.emplace(folder_.log_of_rank(group_->rank()));
}

Ending Run::fit(RunObserver& observer, const StopSignal& stop) {
  const auto goes_on = [this] { return state_.epoch < config_.training.epochs && !out_of_patience(); };
  const bool has_work = goes_on();
  if (has_work) spdlog::debug("training on {}, threads: {}", device_.str(), at::get_num_threads());
  if (checkpoints_.lack_the_last()) checkpoints_.save_scheduled(checkpoint());
  while (goes_on()) {
    train_epoch(observer, stop);
    const bool is_over = state_.position == batches_.per_epoch();  // else it was stopped or has gone back
    if (is_over) finish_epoch(observer);
    if (is_stopped(stop)) {
      checkpoints_.save(checkpoint());
      group_->wait_for_all();
      tell_peak(device_);
      return Ending::stopped;
    }
  }
  group_->wait_for_all();  // a failure of rank 0's last save is everyone's
  if (has_work) tell_peak(device_);
  return out_of_patience() ? Ending::out_of_patience : Ending::finished;
}

void Run::tell_others(const StopSignal& stop) {
  if (group_->is_alone()) return;
  trainer_.exchange().request({.stop = stop.received(), .save = stop.take_save_request()});
}

// Several processes go by what all of them have heard with the last step.
bool Run::is_stopped(const StopSignal& stop) {
  stopped_by_ = group_->is_alone() ? stop.received() : trainer_.exchange().heard().stop;
  return stopped_by_ != 0;
}

bool Run::is_asked_to_save(const StopSignal& stop) {
  return group_->is_alone() ? stop.take_save_request() : trainer_.exchange().heard().save;
}

void Run::train_epoch(RunObserver& observer, const StopSignal& stop) {
  epoch_begin_ = last_log_ = Clock::now();
  pictures_since_log_ = 0;
  if (state_.position == 0) trainer_.sums().begin_epoch();
  while (state_.position < batches_.per_epoch() && !is_stopped(stop)) {
    const TrainingBatches::Plan plan =
        profile().time(Phase::data, [&] { return batches_.plan(state_.epoch, state_.position); });
    tell_others(stop);
    take_step(plan);
    profile().time(Phase::logging, [&] { after_step(observer, stop); });
    if (divergence_.has_diverged()) return roll_back();
  }
  if (config_.training.profile) spdlog::info("{}", profile().take_summary());
}

void Run::take_step(const TrainingBatches::Plan& plan) {
  try {
    trainer_.step(batches_, plan);
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
    if (group_->is_alone()) throw out_of_memory_at(trainer_, batches_.make(plan));
    throw MemoryError("out of memory in rank {}'s {} pictures of a step; set training.batch_size to less",
                      group_->rank(), plan.size());
  }
  divergence_.add(trainer_.sums().last_loss());
  ++state_.position;
  ++state_.step;
  pictures_since_log_ += plan.whole_size();
}

// Rows of metrics, a look at the losses, saves that are due; those only while they are sound.
void Run::after_step(RunObserver& observer, const StopSignal& stop) {
  const bool ends_epoch = state_.position == batches_.per_epoch();
  const bool logs = state_.step % config_.training.log_every == 0 || ends_epoch;
  if (logs) log_steps(state_.epoch + 1);
  if (logs || saves_now()) look_for_divergence();
  if (divergence_.has_diverged()) return;
  if (saves_now()) checkpoints_.succeed_or_wait([this] { checkpoints_.save_scheduled(checkpoint()); });
  if (!ends_epoch && is_asked_to_save(stop))
    checkpoints_.succeed_or_wait([this] { checkpoints_.save(checkpoint()); });
  observer.on_step(progress());
}

void Run::finish_epoch(RunObserver& observer) {
  ++state_.epoch;
  state_.position = 0;
  const TrainingState best_before = state_;
  EpochReport report = {.epoch = state_.epoch,
                        .epochs = config_.training.epochs,
                        .train = trainer_.sums().of_epoch(),
                        .validation = validate_epoch()};
  report.is_best = report.validation && state_.best_epoch == state_.epoch;
  const bool is_last = state_.epoch == config_.training.epochs || out_of_patience();
  if (is_last || state_.epoch % config_.training.pictures_every == 0) write_pictures();
  const auto save = [&] { checkpoints_.save_epoch(checkpoint(), report.is_best); };
  if (is_last) {
    save();
  } else if (!checkpoints_.all_know_that(checkpoints_.succeed_or_wait(save)) && report.is_best) {
    state_.best_bound = best_before.best_bound;  // that of the best checkpoint there is
    state_.best_epoch = best_before.best_epoch;
  }
  report.seconds = seconds_since(epoch_begin_);
  observer.on_epoch(report);
}

void Run::log_steps(int64_t epoch) {
  require_same_weights(trainer_.weights(), state_.step, *group_);
  latest_ = trainer_.sums().since_last_take();
  trainer_.sums().take();
  if (latest_.skipped > 0) {
    spdlog::warn("{} of the last {} steps were skipped: their gradients were not finite", latest_.skipped,
                 latest_.steps);
  }
  const double seconds = seconds_since(last_log_);
  last_log_ = Clock::now();
  pictures_per_second_ = static_cast<double>(pictures_since_log_) / std::max(seconds, 1e-9);
  pictures_since_log_ = 0;

  const MetricsRow row = {.step = state_.step,
                          .epoch = epoch,
                          .split = "train",
                          .values = {{"objective", latest_.objective},
                                     {"reconstruction", latest_.reconstruction},
                                     {"kl", latest_.kl},
                                     {"gradient_norm", latest_.gradient_norm},
                                     {"learning_rate", trainer_.learning_rate()},
                                     {"skipped_steps", static_cast<double>(latest_.skipped)},
                                     {"pictures_per_second", pictures_per_second_}}};
  if (writes()) writer_->row(row);
}

std::optional<Validation> Run::validate_epoch() {
  const bool due =
      state_.epoch % config_.training.evaluate_every == 0 || state_.epoch == config_.training.epochs;
  if (!validation_ || !due) return std::nullopt;
  const EvaluationMode evaluation(trainer_.model());
  const SwappedValues averaged = trainer_.averaged_weights();
  const EvaluationBatches batches(*validation_, kEvaluationBatch, config_.seed);
  const Validation result = validate(trainer_.model(), trainer_.inference(), batches,
                                     trainer_.objective().validation_samples(), config_.seed, *group_);
  MetricsRow row = {
      .step = state_.step,
      .epoch = state_.epoch,
      .split = "validation",
      .values = {{"elbo", result.elbo}, {"reconstruction", result.reconstruction}, {"kl", result.kl}}};
  if (result.samples > 1) row.values.emplace_back("iwae", result.iwae);
  if (writes()) {
    writer_->row(row);
    const Tensor& mu = result.latent_means;
    writer_->latents(state_.step, mu.size(1), {mu.data_ptr<float>(), static_cast<size_t>(mu.numel())});
  }
  if (const auto warning = collapse_.look(result.kl_per_dimension)) spdlog::warn("{}", *warning);
  if (std::isfinite(result.bound()) && (!state_.best_bound || result.bound() > *state_.best_bound)) {
    state_.best_bound = result.bound();
    state_.best_epoch = state_.epoch;
  }
  return result;
}

void Run::write_pictures() {
  if (!writes()) return;
  const EvaluationMode evaluation(trainer_.model());
  const SwappedValues averaged = trainer_.averaged_weights();
  writer_->pictures(state_.epoch, state_.step, sample_grid(trainer_.model(), config_.seed),
                    reconstruction_grid(trainer_.model(), trainer_.inference(),
                                        validation_ ? *validation_ : train_, config_.seed));
}

// Not behind the last step of an epoch: the rows of its validation belong to that step, and the checkpoint
// that stands for them comes after them.
bool Run::saves_now() const {
  const auto every = config_.training.save_every_steps;
  return every && state_.step % *every == 0 && state_.position < batches_.per_epoch();
}

// Its state counts the bad steps so far, and it stands for all rows up to its step. Tensors come from all
// processes; once they have given theirs, rank 0 may fail by itself.
Checkpoint Run::checkpoint() {
  look_for_divergence();
  Checkpoint result = {.config = config_,
                       .state = state_,
                       .pictures = description_,
                       .tensors = trainer_.tensors(),
                       .path = {}};
  result.tensors.emplace(kHistory, divergence_.history());
  if (writer_) writer_->flush();
  return result;
}

void Run::restore(const Checkpoint& checkpoint) {
  trainer_.restore(checkpoint);
  state_ = checkpoint.state;
  trainer_.slow_down(std::pow(config_.training.divergence.slowdown, state_.rollbacks));
  const auto history = checkpoint.tensors.find(kHistory);
  const bool has_history = history != checkpoint.tensors.end() && history->second.dtype() == torch::kDouble;
  divergence_.restore(has_history ? history->second : torch::empty({0}, torch::kDouble), state_.bad_steps);
}

void Run::look_for_divergence() {
  divergence_.look();
  state_.bad_steps = divergence_.bad_steps();
}

void Run::roll_back() {
  const DivergenceConfig& config = config_.training.divergence;
  if (state_.rollbacks == config.rollbacks) give_up();
  Checkpoint good = checkpoints_.load_good();
  good.state.rollbacks = state_.rollbacks + 1;
  spdlog::warn(
      "step {}: {}, since step {}; going back to step {} with {} times the learning rate (roll-back {} of "
      "{})",
      state_.step, divergence_.reason(), state_.step - state_.bad_steps + 1, good.state.step, config.slowdown,
      good.state.rollbacks, config.rollbacks);
  restore(good);
  if (!writes()) return;
  writer_.reset();
  writer_ = std::make_unique<RunWriter>(folder_, state_.step);
}

void Run::give_up() {
  const int64_t first = state_.step - state_.bad_steps;  // how many steps came before the first bad one
  const Batch batch = batches_.get(first / batches_.per_epoch(), first % batches_.per_epoch());
  if (writes()) write_png(folder().offending_batch(), picture_grid(batch.x));
  throw DivergedError(
      "step {}: {}, since step {}, also after {} roll-backs, at a learning rate of {:.3g}; its batch is in "
      "{}; "
      "lower training.optimizer.learning_rate, set training.clip_norm, or look at these pictures",
      state_.step, divergence_.reason(), first + 1, state_.rollbacks, trainer_.learning_rate(),
      folder().offending_batch().string());
}

RunProgress Run::progress() const {
  const int64_t steps_left = config_.training.epochs * batches_.per_epoch() - state_.step;
  const auto pictures_left = static_cast<double>(steps_left * config_.training.batch_size);
  return {.epoch = state_.epoch + 1,
          .epochs = config_.training.epochs,
          .batch = state_.position,
          .batches = batches_.per_epoch(),
          .step = state_.step,
          .latest = latest_,
          .pictures_per_second = pictures_per_second_,
          .seconds_left = pictures_per_second_ > 0 ? pictures_left / pictures_per_second_ : 0};
}

bool Run::out_of_patience() const {
  return config_.training.patience && state_.best_bound &&
         state_.epoch - state_.best_epoch >= *config_.training.patience;
}

}  // namespace vae
