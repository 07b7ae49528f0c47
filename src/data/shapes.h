// Generated pictures whose factors of variation are known.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/fields.h"
#include "data/dataset.h"

namespace vae {

struct ShapesConfig {
  static constexpr std::string_view kType = "shapes";
  static constexpr std::string_view kHelp = "Generated squares, ellipses and triangles with known factors.";

  int64_t count = 10000;
  int64_t channels = 1;
  int64_t height = 32;
  int64_t width = 32;
  int64_t offset = 0;

  bool operator==(const ShapesConfig&) const = default;
};

inline constexpr auto fields(Tag<ShapesConfig>) {
  return std::tuple{
      field("count", &ShapesConfig::count, positive, "How many pictures."),
      field("channels", &ShapesConfig::channels, closed(1, 3), "1: white shapes, 3: shapes of any hue."),
      field("height", &ShapesConfig::height, closed(8, 4096), "In pixels."),
      field("width", &ShapesConfig::width, closed(8, 4096), "In pixels."),
      field("offset", &ShapesConfig::offset, non_negative,
            "Number of the first picture; ranges that do not overlap share no picture."),
  };
}

std::optional<std::string> check(const ShapesConfig& config);

enum class ShapeKind { square, ellipse, triangle };
inline constexpr std::array<std::string_view, 3> kShapeNames = {"square", "ellipse", "triangle"};

/// What a picture is made from, as in dSprites (Matthey et al. 2017); all but the shape are uniform.
struct ShapeFactors {
  ShapeKind shape = ShapeKind::square;
  double scale = 1;     // [0.5, 1): radius of the circle around the shape, of the largest one
  double rotation = 0;  // [0, 2 pi): anti-clockwise
  double x = 0.5;       // [0, 1): centre, from as far left to as far right as the largest shape fits
  double y = 0.5;       // [0, 1): centre, from the top down
  double hue = 0;       // [0, 1): 0 red, 1/3 green, 2/3 blue; without effect in grey pictures
};

/// White or coloured shapes on black, edges anti-aliased; the class is the shape. A picture is a pure
/// function of its number and the size of the picture.
class ShapesDataset : public Dataset {
 public:
  explicit ShapesDataset(const ShapesConfig& config);

  int64_t size() const override { return config_.count; }
  PictureShape shape() const override {
    return {.channels = config_.channels, .height = config_.height, .width = config_.width};
  }
  void get(int64_t index, std::span<uint8_t> pixels) const override;
  int64_t label(int64_t index) const override { return static_cast<int64_t>(factors(index).shape); }
  const std::vector<std::string>& classes() const override { return classes_; }
  const std::vector<std::string>& factor_names() const override { return factor_names_; }
  std::vector<double> factor_values(int64_t index) const override;
  std::string name(int64_t index) const override;

  ShapeFactors factors(int64_t index) const;

  /// Pixels that the shape of these factors covers.
  double area(const ShapeFactors& factors) const;

 private:
  double radius(const ShapeFactors& factors) const;

  ShapesConfig config_;
  std::vector<std::string> classes_;
  std::vector<std::string> factor_names_;
};

}  // namespace vae
