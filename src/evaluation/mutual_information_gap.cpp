#include "evaluation/mutual_information_gap.h"

#include <algorithm>
#include <tuple>

namespace vae {
namespace {

constexpr int64_t kBins = 20;

/// Numbers [N] to their bin of kBins between the least and the greatest.
Tensor in_bins(const Tensor& numbers) {
  const Tensor least = numbers.min(), width = (numbers.max() - least) / kBins;
  if (width.item<double>() == 0) return torch::zeros_like(numbers, torch::kLong);
  return ((numbers - least) / width).floor().clamp(0, kBins - 1).to(torch::kLong);
}

/// Few values as they are, more in bins: [N], below kBins.
Tensor discretized(const Tensor& factor) {
  const auto [values, positions, counts] = torch::_unique2(factor, /*sorted=*/true, /*return_inverse=*/true);
  return values.size(0) <= kBins ? positions : in_bins(factor);
}

/// Frequencies of cells below `cells`.
Tensor frequencies(const Tensor& positions, int64_t cells) {
  return torch::bincount(positions, /*weights=*/{}, cells).to(torch::kDouble) /
         static_cast<double>(positions.size(0));
}

double entropy(const Tensor& probabilities) {
  return -torch::xlogy(probabilities, probabilities).sum().item<double>();
}

/// I(a; b) = H(a) + H(b) - H(a, b) of positions below kBins, in nats.
double mutual_information(const Tensor& a, const Tensor& b) {
  return entropy(frequencies(a, kBins)) + entropy(frequencies(b, kBins)) -
         entropy(frequencies(a * kBins + b, kBins * kBins));
}

FactorGap gap_of(const std::string& name, const Tensor& factor, const std::vector<Tensor>& latents) {
  FactorGap result = {.name = name, .entropy = entropy(frequencies(factor, kBins))};
  double second = 0;
  for (size_t j = 0; j < latents.size(); ++j) {
    const double information = mutual_information(latents[j], factor) / result.entropy;
    if (j == 0 || information > result.information) {
      second = result.information;
      result.information = information;
      result.dimension = static_cast<int64_t>(j);
    } else {
      second = std::max(second, information);
    }
  }
  result.gap = result.information - second;
  return result;
}

}  // namespace

Factors factors_of(const Dataset& dataset) {
  const auto count = std::ssize(dataset.factor_names());
  std::vector<double> values;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const std::vector<double> row = dataset.factor_values(i);
    values.insert(values.end(), row.begin(), row.end());
  }
  return {dataset.factor_names(), torch::tensor(values, torch::kDouble).view({dataset.size(), count})};
}

MutualInformationGap mutual_information_gap(const Tensor& means, const Factors& factors) {
  std::vector<Tensor> latents;
  for (const Tensor& dimension : means.unbind(1)) latents.push_back(in_bins(dimension));
  MutualInformationGap result;
  for (size_t k = 0; k < factors.names.size(); ++k) {
    const Tensor factor = discretized(factors.values.select(1, static_cast<int64_t>(k)));
    if (factor.max().item<int64_t>() == 0) continue;
    result.factors.push_back(gap_of(factors.names[k], factor, latents));
    result.mean += result.factors.back().gap;
  }
  result.mean /= static_cast<double>(std::max<size_t>(result.factors.size(), 1));
  return result;
}

}  // namespace vae
