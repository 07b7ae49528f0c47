#include "training/divergence.h"

#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace vae {
namespace {

constexpr size_t kHistory = 256;
constexpr size_t kEnough = 64;  // good losses before any is called far away
constexpr size_t kMaxUnseen = 1024;
// The least that counts as their spread, relative to the median: losses that hardly differ prove nothing.
constexpr double kLeastSpread = 0.01;

double quantile(std::span<const double> sorted, double portion) {
  return sorted[static_cast<size_t>(std::lround(portion * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace

void DivergenceWatch::add(const Tensor& loss) {
  unseen_.push_back(loss);
  if (unseen_.size() == kMaxUnseen) look();
}

void DivergenceWatch::look() {
  if (unseen_.empty()) return;
  const Tensor losses = at::stack(std::exchange(unseen_, {})).to(torch::kDouble).cpu();
  for (const double loss : std::span(losses.const_data_ptr<double>(), static_cast<size_t>(losses.numel()))) {
    judge(loss);
  }
}

void DivergenceWatch::judge(double loss) {
  const bool is_good = std::isfinite(loss) && loss <= limit();
  if (has_diverged()) {
    ++bad_steps_;
  } else if (is_good) {
    bad_steps_ = 0;
    remember(loss);
  } else {
    ++bad_steps_;
  }
  if (!is_good) last_bad_ = loss;
}

void DivergenceWatch::remember(double loss) {
  good_.push_back(loss);
  sorted_.insert(std::ranges::lower_bound(sorted_, loss), loss);
  if (good_.size() <= kHistory) return;
  sorted_.erase(std::ranges::lower_bound(sorted_, good_.front()));
  good_.pop_front();
}

double DivergenceWatch::limit() const {
  if (good_.size() < kEnough) return std::numeric_limits<double>::infinity();
  const double low = quantile(sorted_, 0.05), median = quantile(sorted_, 0.5), high = quantile(sorted_, 0.95);
  return high + config_.spread * std::max(high - low, kLeastSpread * std::abs(median));
}

std::string DivergenceWatch::reason() const {
  if (!std::isfinite(last_bad_)) return "gradients are not finite";
  return fmt::format("losses are far above those before: the last is {:.6g}, the limit {:.6g}", last_bad_,
                     limit());
}

Tensor DivergenceWatch::history() const {
  return at::tensor(std::vector<double>(good_.begin(), good_.end()), torch::kDouble);
}

void DivergenceWatch::restore(const Tensor& history, int64_t bad_steps) {
  unseen_.clear();
  const double* values = history.const_data_ptr<double>();
  good_.assign(values, values + history.numel());
  sorted_.assign(values, values + history.numel());
  std::ranges::sort(sorted_);
  bad_steps_ = bad_steps;
}

}  // namespace vae
