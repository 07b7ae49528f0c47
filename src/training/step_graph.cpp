#include "training/step_graph.h"

#include <c10/util/Exception.h>
#include <spdlog/spdlog.h>

#include <string>

#include "core/out_of_memory.h"

namespace vae {
namespace {

// What PyTorch's own documentation of graphs takes: handles, workspaces and autotuning are settled by then.
constexpr int64_t kWarmUps = 3;

}  // namespace

void StepGraph::run(const std::function<void()>& step) {
  if (!recorder_) return step();
  if (runs_ < kWarmUps) {
    ++runs_;
    return recorder_->warm_up(step);
  }
  if (runs_ == kWarmUps && !records(step)) return step();
  runs_ = kWarmUps + 1;
  recorder_->replay();
}

bool StepGraph::records(const std::function<void()>& step) {
  try {
    recorder_->record(step);
    return true;
  } catch (const c10::Error& error) {
    if (is_out_of_memory(error)) throw;
    const std::string reason = error.what_without_backtrace();
    spdlog::info("steps are not replayed as a graph: {}", reason.substr(0, reason.find('\n')));
    recorder_.reset();
    return false;
  }
}

}  // namespace vae
