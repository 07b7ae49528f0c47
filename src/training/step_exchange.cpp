#include "training/step_exchange.h"

#include <array>
#include <csignal>
#include <utility>

namespace vae {
namespace {

// Behind the three terms: a count of processes for each signal, so that sums keep them apart.
constexpr std::array kStopSignals = {SIGINT, SIGTERM, SIGHUP};
constexpr int64_t kTerms = 3;
constexpr int64_t kStops = kTerms;
constexpr int64_t kSaves = kStops + static_cast<int64_t>(kStopSignals.size());
static_assert(StepExchange::kTail == kSaves + 1);

}  // namespace

StepExchange::StepExchange(std::shared_ptr<const Group> group, FlatParameters& parameters,
                           WirePrecision precision)
    : group_(std::move(group)),
      tail_(parameters.gradients_and_tail().narrow(0, parameters.gradients().numel(), kTail)) {
  if (is_shared()) buckets_.emplace(parameters, group_, precision);
}

void StepExchange::begin(const Terms& own, double share) {
  const torch::NoGradGuard no_grad;
  tail_.zero_();
  tail_.narrow(0, 0, kTerms).copy_(share * torch::stack({own.objective, own.reconstruction, own.kl}));
  for (size_t i = 0; i < kStopSignals.size(); ++i) {
    if (own_.stop == kStopSignals[i]) tail_[kStops + static_cast<int64_t>(i)] = 1;
  }
  if (own_.save) tail_[kSaves] = 1;
  buckets_->begin();
}

Terms StepExchange::finish() {
  const torch::NoGradGuard no_grad;
  buckets_->finish();
  heard_ = {.save = tail_[kSaves].item<double>() > 0};
  for (size_t i = 0; i < kStopSignals.size(); ++i) {
    if (tail_[kStops + static_cast<int64_t>(i)].item<double>() > 0) heard_.stop = kStopSignals[i];
  }
  const Tensor terms = tail_.narrow(0, 0, kTerms).clone();
  return {.surrogate = {}, .objective = terms[0], .reconstruction = terms[1], .kl = terms[2]};
}

}  // namespace vae
