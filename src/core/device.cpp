#include "core/device.h"

#include <torch/cuda.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "core/error.h"

namespace vae {
namespace {

std::optional<int> parse_card(std::string_view name) {
  if (name == "cuda") return 0;
  if (!name.starts_with("cuda:")) return std::nullopt;
  const std::string_view digits = name.substr(5);
  int card = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), card);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() && card >= 0;
  return whole ? std::optional(card) : std::nullopt;
}

}  // namespace

torch::Device open_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name == "auto") return torch::cuda::is_available() ? torch::Device(torch::kCUDA, 0) : torch::kCPU;

  const std::optional<int> card = parse_card(name);
  if (!card) throw UsageError(R"(device "{}": expected "auto", "cpu", "cuda" or "cuda:N")", name);
  const auto found = static_cast<int>(torch::cuda::device_count());
  if (*card >= found) {
    throw UsageError(R"(device "{}": {}; choose "cpu" or "auto")", name,
                     found == 0 ? std::string("no CUDA card can be used by this LibTorch")
                     : found == 1
                         ? std::string("there is one CUDA card, cuda:0")
                         : fmt::format("there are {} CUDA cards, cuda:0 to cuda:{}", found, found - 1));
  }
  return {torch::kCUDA, static_cast<c10::DeviceIndex>(*card)};
}

}  // namespace vae
