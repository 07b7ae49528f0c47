#include "objectives/posterior_table.h"

namespace vae {
namespace {

/// All that is known of a picture in one row, so that it travels in one message.
Tensor joined(const PosteriorParameters& rows) {
  return torch::cat({rows.values, rows.exp_avg, rows.exp_avg_square, rows.updates}, 1);
}

PosteriorParameters parted(const Tensor& rows) {
  const int64_t parameters = (rows.size(1) - 1) / 3;
  const std::vector<Tensor> columns = rows.split_with_sizes({parameters, parameters, parameters, 1}, 1);
  return {.values = columns[0], .exp_avg = columns[1], .exp_avg_square = columns[2], .updates = columns[3]};
}

}  // namespace

PosteriorTable::PosteriorTable(const InferenceSetting& setting, TablePlace place)
    : rows_(setting.pictures, setting.group), device_(setting.options.device()) {
  const auto options = place == TablePlace::cpu ? setting.options.device(torch::kCPU) : setting.options;
  table_ = PosteriorParameters::start(torch::zeros({rows_.size(), setting.parameters_per_picture}, options));
  register_buffer("values", table_.values);
  register_buffer("exp_avg", table_.exp_avg);
  register_buffer("exp_avg_square", table_.exp_avg_square);
  register_buffer("updates", table_.updates);
}

PosteriorParameters PosteriorTable::at(const Tensor& numbers) const {
  const auto rows = [&](const Tensor& column) {
    return column.index_select(0, numbers.to(column.device())).to(device_);
  };
  return {.values = rows(table_.values),
          .exp_avg = rows(table_.exp_avg),
          .exp_avg_square = rows(table_.exp_avg_square),
          .updates = rows(table_.updates)};
}

void PosteriorTable::set(const Tensor& numbers, const PosteriorParameters& rows) {
  const auto write = [&](Tensor& column, const Tensor& values) {
    column.index_copy_(0, numbers.to(column.device()), values.to(column.device()));
  };
  write(table_.values, rows.values);
  write(table_.exp_avg, rows.exp_avg);
  write(table_.exp_avg_square, rows.exp_avg_square);
  write(table_.updates, rows.updates);
}

PosteriorParameters PosteriorTable::take(const Batch& batch) const {
  const torch::NoGradGuard no_grad;
  if (rows_.are_all_here()) return at(batch.indices);
  const RowLoan loan = rows_.loan(batch);
  return parted(rows_.lend(joined(at(loan.lent)), loan));
}

void PosteriorTable::put(const Batch& batch, const PosteriorParameters& rows) {
  const torch::NoGradGuard no_grad;
  if (rows_.are_all_here()) return set(batch.indices, rows);
  const RowLoan loan = rows_.loan(batch);
  set(loan.lent, parted(rows_.take_back(joined(rows), loan)));
}

}  // namespace vae
