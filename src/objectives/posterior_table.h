// Parameters of q(z | x) for every training picture.
#pragma once

#include <torch/nn/module.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "objectives/posterior_ascent.h"

namespace vae {

/// Where a table lies: with the weights, or in main memory although they are on a device.
enum class TablePlace { device, cpu };

inline constexpr auto names(Tag<TablePlace>) {
  using Name = std::pair<std::string_view, TablePlace>;
  return std::array{Name{"device", TablePlace::device}, Name{"cpu", TablePlace::cpu}};
}

/// A row for each training picture; only those of a batch are read and written. Its buffers are saved with
/// the run.
class PosteriorTable : public torch::nn::Module {
 public:
  PosteriorTable(const InferenceSetting& setting, TablePlace place);

  /// The rows of pictures `indices` [N], on the device of the weights.
  PosteriorParameters take(const Tensor& indices) const;

  /// Puts them back.
  void put(const Tensor& indices, const PosteriorParameters& rows);

 private:
  PosteriorParameters table_;
  torch::Device device_;
};

}  // namespace vae
