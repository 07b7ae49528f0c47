#include "training/warm_start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>

#include "core/error.h"

namespace vae {
namespace {

constexpr size_t kNamed = 10;
constexpr std::string_view kAveraged = "ema.";

std::string shape_of(const Tensor& tensor) { return fmt::format("[{}]", fmt::join(tensor.sizes(), ", ")); }

bool is_weight(std::string_view name) {
  constexpr std::array kOthers = {"optimizer.", "training.", "objective.", "inference."};
  return std::none_of(kOthers.begin(), kOthers.end(),
                      [&](const char* prefix) { return name.starts_with(prefix); });
}

/// The weights that a user of the checkpoint would have, by their names in the model.
std::map<std::string, Tensor> weights_of(const Checkpoint& checkpoint) {
  std::map<std::string, Tensor> weights;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (is_weight(name) && !name.starts_with(kAveraged)) weights.emplace(name, tensor);
  }
  for (auto& [name, tensor] : weights) {
    const auto averaged = checkpoint.tensors.find(std::string(kAveraged) + name);
    if (averaged != checkpoint.tensors.end()) tensor = averaged->second;
  }
  return weights;
}

std::map<std::string, Tensor> tensors_of(const Vae& model) {
  std::map<std::string, Tensor> tensors;
  for (const auto& item : model.named_parameters()) tensors.emplace(item.key(), item.value());
  for (const auto& item : model.named_buffers()) tensors.emplace(item.key(), item.value());
  return tensors;
}

}  // namespace

std::string WarmStart::summary() const {
  if (misfits.empty()) return fmt::format("{} tensors taken, none left", taken);
  const auto named = std::span(misfits).first(std::min(misfits.size(), kNamed));
  const size_t more = misfits.size() - named.size();
  return fmt::format("{} tensors taken, {} left: {}{}", taken, misfits.size(), fmt::join(named, "; "),
                     more > 0 ? fmt::format("; and {} more", more) : "");
}

WarmStart take_weights(Vae& model, const Checkpoint& checkpoint) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, Tensor> weights = weights_of(checkpoint), targets = tensors_of(model);
  WarmStart result;
  for (const auto& [name, target] : targets) {
    const auto found = weights.find(name);
    if (found == weights.end()) {
      result.misfits.push_back(name + " is only in the new model");
    } else if (found->second.sizes() != target.sizes()) {
      result.misfits.push_back(fmt::format("{} is {} in the checkpoint, {} in the new model", name,
                                           shape_of(found->second), shape_of(target)));
    } else {
      target.copy_(found->second);
      ++result.taken;
    }
  }
  for (const auto& [name, tensor] : weights) {
    if (!targets.contains(name)) result.misfits.push_back(name + " is only in the checkpoint");
  }
  if (result.taken > 0) return result;
  throw CheckpointError(
      "{}: no tensor has the name and shape of one of the new model; give the model of its config (vae "
      "inspect shows it), or leave --init out",
      checkpoint.path.string());
}

}  // namespace vae
