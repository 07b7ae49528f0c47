#include "report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vae {
namespace {

constexpr double kRoom = 0.04;    // of the range, on either side
constexpr size_t kFewValues = 8;  // too few to speak of a bulk
constexpr double kFence = 1.0;    // distances of the quantiles beyond which a value is far out
constexpr double kLowQuantile = 0.1, kHighQuantile = 0.9;

std::vector<double> sorted_finite(std::span<const double> values) {
  std::vector<double> result;
  std::copy_if(values.begin(), values.end(), std::back_inserter(result),
               [](double value) { return std::isfinite(value); });
  std::sort(result.begin(), result.end());
  return result;
}

double quantile(std::span<const double> sorted, double share) {
  return sorted[static_cast<size_t>(std::llround(share * static_cast<double>(sorted.size() - 1)))];
}

Range with_room(const Range& range) {
  const double room = range.size() > 0 ? kRoom * range.size() : std::max(std::abs(range.low) * kRoom, 1e-6);
  return {range.low - room, range.high + room};
}

}  // namespace

Range range_of(std::span<const double> values) {
  const std::vector<double> sorted = sorted_finite(values);
  return sorted.empty() ? Range() : with_room({sorted.front(), sorted.back()});
}

Range range_of_bulk(std::span<const double> values) {
  const std::vector<double> sorted = sorted_finite(values);
  if (sorted.size() < kFewValues) return range_of(values);
  const double low = quantile(sorted, kLowQuantile), high = quantile(sorted, kHighQuantile);
  const double fence = kFence * (high - low);
  return with_room({std::max(sorted.front(), low - fence), std::min(sorted.back(), high + fence)});
}

std::vector<double> ticks(const Range& range, int count) {
  const double rough = range.size() / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double mantissa = rough / power;
  const double step = power * (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10);
  std::vector<double> result;
  for (double k = std::ceil(range.low / step); k * step <= range.high; ++k) result.push_back(k * step);
  return result;
}

std::string tick_label(double value, double step) {
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12);
  if (std::abs(value) >= 1e6 || digits > 5) return fmt::format("{:g}", value);
  const std::string text = fmt::format("{:.{}f}", std::abs(value) < step / 2 ? 0.0 : value, digits);
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

}  // namespace vae
