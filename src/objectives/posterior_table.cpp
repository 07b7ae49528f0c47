#include "objectives/posterior_table.h"

namespace vae {

PosteriorTable::PosteriorTable(const InferenceSetting& setting, TablePlace place)
    : device_(setting.options.device()) {
  const auto options = place == TablePlace::cpu ? setting.options.device(torch::kCPU) : setting.options;
  table_ =
      PosteriorParameters::start(torch::zeros({setting.pictures, setting.parameters_per_picture}, options));
  register_buffer("values", table_.values);
  register_buffer("exp_avg", table_.exp_avg);
  register_buffer("exp_avg_square", table_.exp_avg_square);
  register_buffer("updates", table_.updates);
}

PosteriorParameters PosteriorTable::take(const Tensor& indices) const {
  const torch::NoGradGuard no_grad;
  const auto rows = [&](const Tensor& column) {
    return column.index_select(0, indices.to(column.device())).to(device_);
  };
  return {.values = rows(table_.values),
          .exp_avg = rows(table_.exp_avg),
          .exp_avg_square = rows(table_.exp_avg_square),
          .updates = rows(table_.updates)};
}

void PosteriorTable::put(const Tensor& indices, const PosteriorParameters& rows) {
  const torch::NoGradGuard no_grad;
  const auto write = [&](Tensor& column, const Tensor& values) {
    column.index_copy_(0, indices.to(column.device()), values.to(column.device()));
  };
  write(table_.values, rows.values);
  write(table_.exp_avg, rows.exp_avg);
  write(table_.exp_avg_square, rows.exp_avg_square);
  write(table_.updates, rows.updates);
}

}  // namespace vae
