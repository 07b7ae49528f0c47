#include "data/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "core/random.h"

namespace vae {
namespace {

constexpr double kLargestRadius = 0.3;  // of the shorter side: leaves room to move
constexpr int kSamples = 8;             // along each side of a pixel

/// Whether a point lies in the upright shape of radius 1 around the origin.
bool is_inside(ShapeKind shape, double u, double v) {
  switch (shape) {
    case ShapeKind::square:
      return std::max(std::abs(u), std::abs(v)) <= 1 / std::numbers::sqrt2;
    case ShapeKind::ellipse:  // twice as long as wide
      return u * u + 4 * v * v <= 1;
    case ShapeKind::triangle:  // equilateral
      return v >= -0.5 && std::numbers::sqrt3 * std::abs(u) + v <= 1;
  }
  return false;
}

double area_at_radius_1(ShapeKind shape) {
  switch (shape) {
    case ShapeKind::square:
      return 2;
    case ShapeKind::ellipse:
      return std::numbers::pi / 2;
    case ShapeKind::triangle:
      return 0.75 * std::numbers::sqrt3;
  }
  return 0;
}

/// A shape in its place, in pixels; y points down.
class PlacedShape {
 public:
  PlacedShape(const ShapeFactors& factors, double radius, double x, double y)
      : shape_(factors.shape),
        x_(x),
        y_(y),
        cosine_(std::cos(factors.rotation) / radius),
        sine_(std::sin(factors.rotation) / radius) {}

  /// The share of pixel (column, row) that the shape covers.
  double coverage(int64_t column, int64_t row) const {
    int inside = 0;
    for (int i = 0; i < kSamples; ++i) {
      for (int j = 0; j < kSamples; ++j) {
        const double right = static_cast<double>(column) + (j + 0.5) / kSamples - x_;
        const double up = y_ - static_cast<double>(row) - (i + 0.5) / kSamples;
        inside += is_inside(shape_, cosine_ * right + sine_ * up, cosine_ * up - sine_ * right) ? 1 : 0;
      }
    }
    return inside / double{kSamples * kSamples};
  }

 private:
  ShapeKind shape_;
  double x_, y_;
  double cosine_, sine_;  // of the rotation, over the radius
};

/// Red, green and blue of a hue at full saturation and value.
std::array<double, 3> rgb(double hue) {
  const auto channel = [&](double offset) {
    const double sector = std::fmod(offset + 6 * hue, 6.0);
    return 1 - std::clamp(std::min(sector, 4 - sector), 0.0, 1.0);
  };
  return {channel(5), channel(3), channel(1)};
}

}  // namespace

std::optional<std::string> check(const ShapesConfig& config) {
  if (config.channels == 2) return "channels: expected 1 (white shapes) or 3 (coloured ones), found 2";
  return std::nullopt;
}

ShapesDataset::ShapesDataset(const ShapesConfig& config)
    : config_(config),
      classes_(kShapeNames.begin(), kShapeNames.end()),
      factor_names_{"shape", "scale", "rotation", "x", "y"} {
  if (config.channels == 3) factor_names_.emplace_back("hue");
}

ShapeFactors ShapesDataset::factors(int64_t index) const {
  Random random(0, "shapes", static_cast<uint64_t>(index) + static_cast<uint64_t>(config_.offset));
  ShapeFactors factors;
  factors.shape = static_cast<ShapeKind>(random.below(kShapeNames.size()));
  factors.scale = 0.5 + 0.5 * random.uniform();
  factors.rotation = 2 * std::numbers::pi * random.uniform();
  factors.x = random.uniform();
  factors.y = random.uniform();
  factors.hue = random.uniform();
  return factors;
}

std::vector<double> ShapesDataset::factor_values(int64_t index) const {
  const ShapeFactors factors = this->factors(index);
  std::vector<double> values = {static_cast<double>(factors.shape), factors.scale, factors.rotation,
                                factors.x, factors.y};
  if (config_.channels == 3) values.push_back(factors.hue);
  return values;
}

double ShapesDataset::radius(const ShapeFactors& factors) const {
  return factors.scale * kLargestRadius * static_cast<double>(std::min(config_.height, config_.width));
}

double ShapesDataset::area(const ShapeFactors& factors) const {
  return area_at_radius_1(factors.shape) * radius(factors) * radius(factors);
}

void ShapesDataset::get(int64_t index, std::span<uint8_t> pixels) const {
  const ShapeFactors factors = this->factors(index);
  const double radius = this->radius(factors);
  const double margin = kLargestRadius * static_cast<double>(std::min(config_.height, config_.width));
  const double x = std::lerp(margin, static_cast<double>(config_.width) - margin, factors.x);
  const double y = std::lerp(margin, static_cast<double>(config_.height) - margin, factors.y);
  const PlacedShape shape(factors, radius, x, y);
  const std::array<double, 3> colour = config_.channels == 3 ? rgb(factors.hue) : std::array{1.0, 1.0, 1.0};

  std::fill(pixels.begin(), pixels.end(), uint8_t{0});
  for (auto row = static_cast<int64_t>(y - radius); row <= static_cast<int64_t>(y + radius); ++row) {
    for (auto column = static_cast<int64_t>(x - radius); column <= static_cast<int64_t>(x + radius);
         ++column) {
      const double coverage = shape.coverage(column, row);
      for (int64_t channel = 0; channel < config_.channels; ++channel) {
        const int64_t position = (row * config_.width + column) * config_.channels + channel;
        pixels[static_cast<size_t>(position)] =
            static_cast<uint8_t>(std::lround(255 * coverage * colour[static_cast<size_t>(channel)]));
      }
    }
  }
}

std::string ShapesDataset::name(int64_t index) const {
  return fmt::to_string(static_cast<uint64_t>(index) + static_cast<uint64_t>(config_.offset));
}

}  // namespace vae
