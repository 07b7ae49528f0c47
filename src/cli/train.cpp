#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/dry_run.h"
#include "cli/progress_display.h"
#include "cli/together.h"
#include "cli/usage_error.h"
#include "config/parse.h"
#include "core/device.h"
#include "core/error.h"
#include "distributed/group.h"
#include "kernels/matrix_product.h"
#include "report/report.h"
#include "training/environment.h"
#include "training/newest_checkpoint.h"
#include "training/resumed_config.h"
#include "training/run.h"
#include "training/run_group.h"
#include "training/shared_checkpoint.h"
#include "training/thread_choice.h"

namespace vae {
namespace {

struct TrainOptions {
  std::filesystem::path config;
  std::vector<std::string> overrides;
  std::filesystem::path out;
  std::filesystem::path resume;
  std::filesystem::path init;
  std::filesystem::path profile_trace;
  bool force = false;
  bool no_report = false;
  bool dry_run = false;
  double peer_timeout = 300;  // seconds
};

using GroupPointer = std::shared_ptr<const Group>;

void set_up_processor(const Config& config, const Group& group) {
  choose_matrix_product(config.matrix_product);
  use_threads(config, group);
}

std::filesystem::path run_folder(const TrainOptions& options, const Config& config) {
  return options.out.empty() ? std::filesystem::path("runs") / config.name : options.out;
}

std::unique_ptr<Run> start(const TrainOptions& options, const GroupPointer& group) {
  const auto config = parse_file<Config>(options.config, options.overrides);
  require_same_config(config, *group);
  set_up_processor(config, *group);
  const std::filesystem::path out = run_folder(options, config);
  if (options.init.empty()) return Run::start(config, out, options.force, /*origin=*/nullptr, group);
  const Checkpoint origin =
      load_for_all(*group, [&] { return Checkpoint::load(find_checkpoint(options.init)); });
  return Run::start(config, out, options.force, &origin, group);
}

std::unique_ptr<Run> resume(const TrainOptions& options, const GroupPointer& group) {
  const RunFolder folder(options.resume);
  const Checkpoint checkpoint = load_for_all(*group, [&] { return newest_checkpoint(folder); });
  const Config wanted = options.config.empty() ? parse<Config>(dump(checkpoint.config),
                                                               folder.config().string(), options.overrides)
                                               : parse_file<Config>(options.config, options.overrides);
  const Config config = resumed_config(checkpoint, wanted);
  require_same_config(config, *group);
  set_up_processor(config, *group);
  return Run::resume(config, folder, checkpoint, group);
}

/// What processes that torchrun has started again are to do: go on where the run has a checkpoint, else begin
/// anew in place of what had no time to become one. Rank 0 sees the run's folder and decides for all.
TrainOptions options_of_restart(const TrainOptions& options, const Group& group) {
  TrainOptions again = options;
  if (!options.resume.empty()) return again;
  const auto config = parse_file<Config>(options.config, options.overrides);
  const RunFolder folder(run_folder(options, config));
  const bool has_checkpoint = std::filesystem::exists(folder.last_checkpoint());
  if (group.broadcast_text(has_checkpoint ? "resume" : "start") == "resume") {
    again.resume = folder.path();
  } else {
    again.force = true;
  }
  return again;
}

/// What makes a number of this run repeat, and the run worth looking at; neither may fail a training.
void attempt(const char* what, const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    spdlog::warn("no {}: {}", what, error.what());
  }
}

void save_surroundings(const Run& run, const Group& group) {
  const std::string device = open_device(run.config().device, group.local_rank()).str();
  save_environment(run.folder().environment(), current_environment(device, group.size()));
}

void save_report(const RunFolder& folder) {
  const std::filesystem::path path = folder.path();
  write_report({&path, 1}, folder.report());
}

/// Of a run that was over before it was resumed.
void print_nothing_left(const Run& run, Ending ending) {
  const TrainingConfig& training = run.config().training;
  std::string settings;
  if (run.state().epoch >= training.epochs) {
    settings += fmt::format(" --set training.epochs={}", 2 * training.epochs);
  }
  if (ending == Ending::out_of_patience) {
    settings += fmt::format(" --set training.patience={}", 2 * *training.patience);
  }
  fmt::print("nothing was left to do after epoch {}; to go on: vae train --resume {}{}\n", run.state().epoch,
             run.folder().path().string(), settings);
}

void print_result(const Run& run, Ending ending) {
  const TrainingState& state = run.state();
  if (ending == Ending::out_of_patience) {
    fmt::print("stopped after epoch {}: no better validation {} since epoch {}\n", state.epoch, run.bound(),
               state.best_epoch);
  }
  if (state.best_bound) {
    fmt::print("best validation {} {:.2f} nats, epoch {}\n", run.bound(), *state.best_bound,
               state.best_epoch);
  }
  fmt::print("run in {}\n", run.folder().path().string());
}

void dry_run(const TrainOptions& options) {
  const auto config = parse_file<Config>(options.config, options.overrides);
  set_up_processor(config, *alone());
  if (const auto doubt = doubt_about(config)) spdlog::warn("{}", *doubt);
  print_rehearsal(rehearse(config), config);
}

/// Of the processes that do not write the run: their part is in the log.
class SilentObserver : public RunObserver {
 public:
  void on_step(const RunProgress&) override {}
  void on_epoch(const EpochReport&) override {}
};

Ending fit(Run& run, const StopSignal& stop, const Group& group) {
  if (!group.is_first()) {
    SilentObserver silent;
    return run.fit(silent, stop);
  }
  ProgressDisplay display;
  return run.fit(display, stop);
}

/// What rank 0 says and leaves at the end.
void finish(std::unique_ptr<Run> run, Ending ending, int64_t first_step, const TrainOptions& options) {
  if (run->state().step == first_step) print_nothing_left(*run, ending);
  print_result(*run, ending);
  const RunFolder folder = run->folder();
  const std::optional<RunLock> lock = run->take_lock();
  run.reset();  // the report reads pictures of its own: both together may not fit into memory
  if (!options.no_report) attempt("report.html", [&] { save_report(folder); });
}

void train(const TrainOptions& options, const GroupPointer& group) {
  std::unique_ptr<Run> run = options.resume.empty() ? start(options, group) : resume(options, group);
  if (group->is_first()) attempt("environment.json", [&] { save_surroundings(*run, *group); });
  if (!options.profile_trace.empty()) run->profile().record();
  const int64_t first_step = run->state().step;
  const StopSignal stop;  // from here on there is something to save
  const Ending ending = fit(*run, stop, *group);
  if (!options.profile_trace.empty() && group->is_first()) run->profile().write_trace(options.profile_trace);
  if (ending == Ending::stopped) {
    if (group->is_first()) {
      fmt::print(stderr, "stopped at step {}; go on with: vae train --resume {}\n", run->state().step,
                 run->folder().path().string());
    }
    throw StoppedBySignal{run->stopped_by()};
  }
  if (group->is_first()) finish(std::move(run), ending, first_step, options);
}

void train(const TrainOptions& options) {
  if (options.config.empty() && options.resume.empty()) {
    throw UsageError("train: give --config FILE to start a run, or --resume RUN to go on with one");
  }
  if (options.dry_run) return dry_run(options);
  std::signal(SIGUSR1, SIG_IGN);  // until there is something to save
  with_group(options.peer_timeout, [&](const GroupPointer& group, const Launch& launch) {
    train(launch.restarts > 0 ? options_of_restart(options, *group) : options, group);
  });
}

}  // namespace

void add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  auto* command = app.add_subcommand("train", "Train a model, or go on training one");
  command->add_option("--config", options->config, "Config file (see vae config --schema)")
      ->type_name("FILE");
  command->add_option("--set", options->overrides, "Changes one key of the config: training.epochs=5")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  auto* out = command->add_option("--out", options->out, "Folder of the run; runs/NAME if not given")
                  ->type_name("FOLDER");
  auto* resume = command
                     ->add_option("--resume", options->resume,
                                  "Goes on with the run in this folder, bit for bit on the CPU")
                     ->type_name("RUN")
                     ->excludes(out);
  command
      ->add_option("--init", options->init,
                   "Begins at the weights of this checkpoint or run, as far as they fit (fine-tuning)")
      ->type_name("PATH")
      ->excludes(resume);
  command
      ->add_option("--profile-trace", options->profile_trace,
                   "Writes when each part of the first steps ran, for chrome://tracing or Perfetto")
      ->type_name("FILE");
  command->add_flag("--force", options->force, "Replaces the run that the folder holds")->excludes(resume);
  command
      ->add_flag("--dry-run", options->dry_run,
                 "Checks config and data, takes a few steps, says what a training would take; writes nothing")
      ->excludes(resume);
  add_peer_timeout(*command, options->peer_timeout);
  command->add_flag("--no-report", options->no_report, "Leaves out report.html at the end");
  command->final_callback([options] { train(*options); });
}

}  // namespace vae
