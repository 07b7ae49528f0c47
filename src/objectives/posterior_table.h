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

/// A row for each training picture; only those of a batch are read and written. Each process has an equal
/// part of the rows, which travel to whoever has their pictures in its part of a batch, and back. Its buffers
/// are saved with the run.
class PosteriorTable : public torch::nn::Module {
 public:
  PosteriorTable(const InferenceSetting& setting, TablePlace place);

  /// The rows of a batch's pictures, on the device of the weights.
  PosteriorParameters take(const Batch& batch) const;

  /// Puts them back.
  void put(const Batch& batch, const PosteriorParameters& rows);

  const DividedRows& rows() const { return rows_; }

 private:
  PosteriorParameters at(const Tensor& numbers) const;
  void set(const Tensor& numbers, const PosteriorParameters& rows);

  DividedRows rows_;
  PosteriorParameters table_;  // of this process's rows
  torch::Device device_;
};

}  // namespace vae
