#include "training/rehearsal.h"

#include <ATen/Parallel.h>
#include <c10/core/Allocator.h>
#include <c10/util/Logging.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <utility>

#include "core/device.h"
#include "core/error.h"
#include "core/median.h"
#include "data/memory.h"
#include "training/run_data.h"
#include "training/thread_choice.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr int64_t kTimedSteps = 3;

/// Counts what LibTorch's allocator of a type of device gives out and takes back while it is installed.
class PeakMemory : public c10::MemoryReportingInfoBase {
 public:
  explicit PeakMemory(c10::DeviceType type) : type_(type) {}

  void reportMemoryUsage(void*, int64_t change, size_t, size_t, c10::Device device) override {
    if (device.type() != type_) return;
    live_ += change;
    peak_ = std::max(peak_, live_);
  }
  bool memoryProfilingEnabled() const override { return true; }
  int64_t peak() const { return peak_; }

 private:
  c10::DeviceType type_;
  int64_t live_ = 0;
  int64_t peak_ = 0;
};

/// LibTorch logs that blocks which were there before are freed, which nobody asked about.
class WithoutWarnings {
 public:
  WithoutWarnings() { FLAGS_caffe2_log_level = 2; }  // errors only
  ~WithoutWarnings() { FLAGS_caffe2_log_level = before_; }
  WithoutWarnings(const WithoutWarnings&) = delete;
  WithoutWarnings& operator=(const WithoutWarnings&) = delete;

 private:
  int before_ = FLAGS_caffe2_log_level;
};

int64_t bytes_of(const Tensor& tensor) { return static_cast<int64_t>(tensor.nbytes()); }

std::vector<ModuleSize> modules_of(const Vae& model) {
  std::vector<ModuleSize> modules;
  for (const auto& parameter : model.named_parameters()) {
    const std::string& key = parameter.key();
    const std::string name = key.substr(0, key.rfind('.'));
    if (modules.empty() || modules.back().name != name) modules.push_back({.name = name});
    modules.back().parameters += parameter.value().numel();
  }
  return modules;
}

MemoryNeed memory_of(Trainer& trainer, const Dataset& pictures) {
  MemoryNeed memory = {.pictures = pictures.size() * pictures.shape().elements()};
  for (const Tensor& parameter : trainer.model().parameters()) memory.weights += bytes_of(parameter);
  memory.gradients = memory.weights;
  for (const auto& [name, tensor] : trainer.tensors()) {
    if (name.starts_with("optimizer.")) memory.optimizer += bytes_of(tensor);
    if (name.starts_with("ema.")) memory.average += bytes_of(tensor);
    if (name.starts_with("inference.")) memory.posteriors += bytes_of(tensor);
  }
  return memory;
}

int64_t peak_of_a_step(Trainer& trainer, const Batch& batch) {
  const WithoutWarnings quiet;
  const auto memory = std::make_shared<PeakMemory>(batch.x.device().type());
  const c10::DebugInfoGuard watch(c10::DebugInfoKind::PROFILER_STATE, memory);
  trainer.step(batch);
  return memory->peak();
}

// Reading the sums waits for the device. The median: a machine has other things to do.
double seconds_of_a_step(Trainer& trainer, TrainingBatches& batches) {
  std::vector<double> seconds;
  for (int64_t i = 0; i < kTimedSteps; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    trainer.step(batches.get(0, (i + 1) % batches.per_epoch()));
    trainer.sums().since_last_take();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return median(std::move(seconds));
}

int64_t size_of(const std::shared_ptr<const Dataset>& part) { return part ? part->size() : 0; }

}  // namespace

int64_t Rehearsal::parameters() const {
  return std::accumulate(modules.begin(), modules.end(), int64_t{0},
                         [](int64_t sum, const ModuleSize& module) { return sum + module.parameters; });
}

Rehearsal rehearse(const Config& config) {
  const torch::Device device = open_device(config.device);
  Config without_cache = config;
  without_cache.data.cache = NoCache{};
  const Splits splits = open_splits(without_cache, at::get_num_threads());
  const std::shared_ptr<const Dataset> train = with_stored_pixels(splits.train, at::get_num_threads());
  const Pictures pictures(train, config.data.observation, {device, weight_type(config.precision)});
  TrainingBatches batches(pictures,
                          {.batch_size = config.training.batch_size,
                           .drop_last = config.training.drop_last,
                           .horizontal_flip = config.data.horizontal_flip},
                          config.seed);
  if (batches.per_epoch() == 0) {
    throw UsageError(
        "training.batch_size: {} is more than the {} training pictures, and training.drop_last leaves none",
        config.training.batch_size, train->size());
  }
  Rehearsal result;
  result.shape = train->shape();
  result.training = train->size();
  result.validation = size_of(splits.validation);
  result.test = size_of(splits.test);
  result.classes = train->classes();
  result.steps_per_epoch = batches.per_epoch();
  result.steps = batches.per_epoch() * config.training.epochs;
  result.timed_steps = kTimedSteps;
  result.device = device.str();
  Trainer trainer(config,
                  {.shape = train->shape(),
                   .classes = static_cast<int64_t>(train->classes().size()),
                   .count = train->size()},
                  device, result.steps);
  use_threads_for_steps(config, trainer.model());
  trainer.model().start_at_mean(pictures.mean());
  result.modules = modules_of(trainer.model());
  result.memory = memory_of(trainer, *train);
  const Batch first = batches.get(0, 0);
  trainer.step(first);  // what is made once is made here
  trainer.step(first);  // the second may be noted, which keeps what it takes (training/taped_step.h)
  result.memory.activations = peak_of_a_step(trainer, first);
  const int64_t trials = trainer.graphed() ? GraphedStep::kTrials : 0;  // steps that are computed twice
  for (int64_t i = 0; i < trials; ++i) trainer.step(first);
  result.seconds_per_step = seconds_of_a_step(trainer, batches);
  return result;
}

}  // namespace vae
