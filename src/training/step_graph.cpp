#include "training/step_graph.h"

namespace vae {

void StepGraph::run(const std::function<void()>& step) {
  if (runs_ < kWarmUps) {
    recorder_->warm_up(step);
    ++runs_;
    return;
  }
  if (runs_ == kWarmUps) {
    recorder_->record(step);
    ++runs_;
  }
  recorder_->replay();
}

}  // namespace vae
