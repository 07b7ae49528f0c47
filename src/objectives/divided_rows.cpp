#include "objectives/divided_rows.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace vae {

DividedRows::DividedRows(int64_t count, std::shared_ptr<const Group> group)
    : group_(std::move(group)), bounds_({0}) {
  for (int64_t rank = 0; rank < group_->size(); ++rank) {
    const Share share = {.index = rank, .count = group_->size()};
    bounds_.push_back(count - share.others(count).behind);
  }
}

size_t DividedRows::keeper(int64_t row) const {
  return static_cast<size_t>(std::ranges::upper_bound(bounds_, row) - bounds_.begin()) - 1;
}

RowLoan DividedRows::loan(const Batch& batch) const {
  const auto size = static_cast<size_t>(group_->size());
  const std::span all(batch.whole_indices.const_data_ptr<int64_t>(),
                      static_cast<size_t>(batch.whole_indices.numel()));
  RowLoan loan = {.lent = {},
                  .lent_to = std::vector<int64_t>(size),
                  .borrowed = {},
                  .borrowed_from = std::vector<int64_t>(size)};
  std::vector<int64_t> lent;
  std::vector<std::vector<int64_t>> borrowed(size);  // by keeper
  for (size_t borrower = 0; borrower < size; ++borrower) {
    const Share share = {.index = static_cast<int64_t>(borrower), .count = group_->size()};
    const OtherRows others = share.others(std::ssize(all));
    const int64_t count = std::ssize(all) - others.before - others.behind;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = all[static_cast<size_t>(others.before + i)];
      const size_t lender = keeper(row);
      if (lender == rank()) {
        lent.push_back(row - first());
        ++loan.lent_to[borrower];
      }
      if (borrower == rank()) borrowed[lender].push_back(i);
    }
  }
  std::vector<int64_t> order;
  for (size_t lender = 0; lender < size; ++lender) {
    order.insert(order.end(), borrowed[lender].begin(), borrowed[lender].end());
    loan.borrowed_from[lender] = std::ssize(borrowed[lender]);
  }
  loan.lent = torch::tensor(lent, torch::kLong);
  loan.borrowed = torch::tensor(order, torch::kLong);
  return loan;
}

Tensor DividedRows::lend(const Tensor& rows, const RowLoan& loan) const {
  const Tensor received = group_->exchange_rows(rows.contiguous(), loan.lent_to, loan.borrowed_from);
  return torch::empty_like(received).index_copy_(0, loan.borrowed, received);
}

Tensor DividedRows::take_back(const Tensor& rows, const RowLoan& loan) const {
  return group_->exchange_rows(rows.index_select(0, loan.borrowed), loan.borrowed_from, loan.lent_to);
}

Tensor DividedRows::gather(const Tensor& own) const {
  std::vector<int64_t> to(static_cast<size_t>(group_->size())), from = to;
  to.front() = size();
  if (group_->is_first()) std::adjacent_difference(bounds_.begin() + 1, bounds_.end(), from.begin());
  return group_->exchange_rows(own, to, from);
}

}  // namespace vae
