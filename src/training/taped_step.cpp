#include "training/taped_step.h"

#include <c10/util/Exception.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace vae {
namespace {

Terms detached(const Terms& terms) {
  return {.surrogate = terms.surrogate.detach(),
          .objective = terms.objective.detach(),
          .reconstruction = terms.reconstruction.detach(),
          .kl = terms.kl.detach()};
}

/// To the bit, so that no number is itself too.
bool are_equal(const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  if (a.sizes() != b.sizes() || a.dtype() != b.dtype()) return false;
  return std::memcmp(a.contiguous().const_data_ptr(), b.contiguous().const_data_ptr(), a.nbytes()) == 0;
}

bool are_equal(const Terms& a, const Terms& b) {
  return are_equal(a.surrogate, b.surrogate) && are_equal(a.objective, b.objective) &&
         are_equal(a.reconstruction, b.reconstruction) && are_equal(a.kl, b.kl);
}

bool are_equal(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Tensor& one, const Tensor& other) { return are_equal(one, other); });
}

bool have_same_form(const Tensor& a, const Tensor& b) {
  if (a.defined() != b.defined()) return false;
  return !a.defined() || (a.sizes() == b.sizes() && a.strides() == b.strides() && a.dtype() == b.dtype());
}

}  // namespace

bool TapedStep::fits(const Batch& batch) const {
  if (state_ == State::given_up || batch.others != OtherRows()) return false;
  return !x_.defined() || batch.size() > x_.size(0) ||
         (have_same_form(batch.x, x_) && have_same_form(batch.labels, labels_));
}

Terms TapedStep::run(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile) {
  if (state_ == State::given_up) return compute(batch, noise_.at(at.step), forward, profile);
  if (state_ == State::new_here || batch.size() > x_.size(0)) {
    begin_with(batch, at);
    return compute(batch, noise_.at(at.step), forward, profile);
  }
  if (state_ == State::warm) return note(batch, at, forward, profile);
  if (state_ == State::noted) return check(batch, at, forward, profile);
  return replay(batch, at, profile);
}

// The first that is seen may be the last of an epoch, and smaller than the others.
void TapedStep::begin_with(const Batch& batch, const Numbers& at) {
  state_ = State::warm;
  checked_ = 0;
  x_ = batch.x.clone();
  labels_ = batch.labels.defined() ? batch.labels.clone() : Tensor();
  kl_weight_ = at.kl_weight ? torch::zeros({}, batch.x.options()) : Tensor();
}

void TapedStep::put_in_place(const Batch& batch, const Numbers& at) {
  x_.copy_(batch.x);
  if (labels_.defined()) labels_.copy_(batch.labels);
  step_ = at.step;
  if (kl_weight_.defined()) kl_weight_.fill_(*at.kl_weight);
}

Terms TapedStep::compute(const Batch& batch, Random noise, const Forward& forward, Profile& profile) const {
  const Terms terms = profile.time(Phase::forward, [&] { return forward(batch, noise, /*kl_weight=*/{}); });
  profile.time(Phase::backward, [&] {
    parameters_.clear_gradients();
    terms.surrogate.backward();
  });
  return detached(terms);
}

Terms TapedStep::note(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile) {
  forward_ = backward_ = {};  // a step that ran out of memory may have begun them
  put_in_place(batch, at);
  Batch here = batch;
  here.x = x_;
  here.labels = labels_;
  Random noise = noise_.following(&step_);
  const Terms terms = profile.time(Phase::forward, [&] {
    const Tape::Recording recording(forward_);
    return forward(here, noise, kl_weight_);
  });
  terms_ = detached(terms);
  profile.time(Phase::backward, [&] {
    parameters_.clear_gradients();
    const Tensor one = torch::ones_like(terms_.surrogate);
    std::optional<Tape::Recording> recording;
    if (forward_.obstacle().empty()) recording.emplace(backward_);
    backward_.keep(one);
    terms.surrogate.backward(one);
  });
  gradients_ = parameters_.computed_gradients();
  for (const Tape* tape : {&forward_, &backward_}) {
    if (!tape->obstacle().empty()) {
      give_up(tape->obstacle());
      return detached(terms);
    }
  }
  state_ = State::noted;
  return terms_;
}

Terms TapedStep::replay(const Batch& batch, const Numbers& at, Profile& profile) {
  profile.time(Phase::forward, [&] {
    put_in_place(batch, at);
    forward_.replay();
  });
  profile.time(Phase::backward, [&] { backward_.replay(); });
  parameters_.set_computed_gradients(gradients_);
  return terms_;
}

Terms TapedStep::check(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile) {
  const Terms computed = compute(batch, noise_.at(at.step), forward, profile);
  const std::vector<Tensor> gradients = parameters_.computed_gradients();
  std::string obstacle;
  try {
    Profile not_a_step_of_its_own;
    const Terms replayed = replay(batch, at, not_a_step_of_its_own);
    if (!are_equal(computed, replayed) || !are_equal(gradients, gradients_)) {
      obstacle = "it does not come to the same numbers";
    }
  } catch (const c10::Error& error) {
    obstacle = error.what_without_backtrace();
  }
  if (!obstacle.empty()) {
    give_up(obstacle);
  } else if (++checked_ == kChecks) {
    state_ = State::replaying;
  }
  parameters_.set_computed_gradients(gradients);
  return computed;
}

void TapedStep::give_up(const std::string& obstacle) {
  spdlog::debug("steps are not replayed: {}", obstacle);
  state_ = State::given_up;
  obstacle_ = obstacle;
  x_ = labels_ = kl_weight_ = Tensor();
  terms_ = {};
  gradients_.clear();
  forward_ = {};
  backward_ = {};
}

}  // namespace vae
