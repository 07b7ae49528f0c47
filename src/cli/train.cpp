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
#include "cli/usage_error.h"
#include "config/parse.h"
#include "core/device.h"
#include "core/error.h"
#include "kernels/matrix_product.h"
#include "report/report.h"
#include "training/environment.h"
#include "training/newest_checkpoint.h"
#include "training/run.h"
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
};

void set_up_processor(const Config& config) {
  choose_matrix_product(config.matrix_product);
  use_threads(config);
}

std::unique_ptr<Run> start(const TrainOptions& options) {
  const auto config = parse_file<Config>(options.config, options.overrides);
  set_up_processor(config);
  const std::filesystem::path out =
      options.out.empty() ? std::filesystem::path("runs") / config.name : options.out;
  if (options.init.empty()) return Run::start(config, out, options.force);
  const Checkpoint origin = Checkpoint::load(find_checkpoint(options.init));
  return Run::start(config, out, options.force, &origin);
}

std::unique_ptr<Run> resume(const TrainOptions& options) {
  const RunFolder folder(options.resume);
  const Checkpoint checkpoint = newest_checkpoint(folder);
  const Config wanted = options.config.empty() ? parse<Config>(dump(checkpoint.config),
                                                               folder.config().string(), options.overrides)
                                               : parse_file<Config>(options.config, options.overrides);
  const Config config = resumed_config(checkpoint, wanted);
  set_up_processor(config);
  return Run::resume(config, folder, checkpoint);
}

/// What makes a number of this run repeat, and the run worth looking at; neither may fail a training.
void attempt(const char* what, const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    spdlog::warn("no {}: {}", what, error.what());
  }
}

void save_surroundings(const Run& run) {
  const std::string device = open_device(run.config().device).str();
  save_environment(run.folder().environment(), current_environment(device));
}

void save_report(const Run& run) {
  const std::filesystem::path folder = run.folder().path();
  write_report({&folder, 1}, run.folder().report());
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
  set_up_processor(config);
  if (const auto doubt = doubt_about(config)) spdlog::warn("{}", *doubt);
  print_rehearsal(rehearse(config), config);
}

void train(const TrainOptions& options) {
  if (options.config.empty() && options.resume.empty()) {
    throw UsageError("train: give --config FILE to start a run, or --resume RUN to go on with one");
  }
  if (options.dry_run) return dry_run(options);
  std::signal(SIGUSR1, SIG_IGN);  // until there is something to save
  const std::unique_ptr<Run> run = options.resume.empty() ? start(options) : resume(options);
  attempt("environment.json", [&] { save_surroundings(*run); });
  if (!options.profile_trace.empty()) run->profile().record();
  const int64_t first_step = run->state().step;
  const StopSignal stop;  // from here on there is something to save
  const Ending ending = [&] {
    ProgressDisplay display;
    return run->fit(display, stop);
  }();
  if (!options.profile_trace.empty()) run->profile().write_trace(options.profile_trace);
  if (ending == Ending::stopped) {
    fmt::print(stderr, "stopped at step {}; go on with: vae train --resume {}\n", run->state().step,
               run->folder().path().string());
    throw StoppedBySignal{stop.received()};
  }
  if (!options.no_report) attempt("report.html", [&] { save_report(*run); });
  if (run->state().step == first_step) print_nothing_left(*run, ending);
  print_result(*run, ending);
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
  command->add_flag("--no-report", options->no_report, "Leaves out report.html at the end");
  command->final_callback([options] { train(*options); });
}

}  // namespace vae
