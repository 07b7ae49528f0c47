#include "core/device.h"

#include <torch/cuda.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "core/error.h"

namespace vae {
namespace {

std::optional<int> parse_card(std::string_view name) {
  if (!name.starts_with("cuda:")) return std::nullopt;
  const std::string_view digits = name.substr(5);
  int card = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), card);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() && card >= 0;
  return whole ? std::optional(card) : std::nullopt;
}

std::string cards(int found) {
  if (found == 0) return "no CUDA card can be used by this LibTorch";
  if (found == 1) return "there is one CUDA card, cuda:0";
  return fmt::format("there are {} CUDA cards, cuda:0 to cuda:{}", found, found - 1);
}

}  // namespace

torch::Device open_device(const std::string& name, int64_t local_rank) {
  if (name == "cpu" || (name == "auto" && !torch::cuda::is_available())) return torch::kCPU;

  const bool by_rank = name == "auto" || name == "cuda";
  const std::optional<int> card = by_rank ? static_cast<int>(local_rank) : parse_card(name);
  if (!card) throw UsageError(R"(device "{}": expected "auto", "cpu", "cuda" or "cuda:N")", name);
  const auto found = static_cast<int>(torch::cuda::device_count());
  if (*card < found) return {torch::kCUDA, static_cast<c10::DeviceIndex>(*card)};
  if (by_rank && local_rank > 0 && found > 0) {
    throw UsageError(
        R"(device "{}": {}, and local rank {} has none; start a process for each, or choose "cpu")", name,
        cards(found), local_rank);
  }
  throw UsageError(R"(device "{}": {}; choose "cpu" or "auto")", name, cards(found));
}

}  // namespace vae
