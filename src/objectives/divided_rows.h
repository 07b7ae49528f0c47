// Tables with a row for each picture, of which each process has a part.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/tensor.h"
#include "data/batches.h"
#include "distributed/group.h"

namespace vae {

/// The way of a batch's rows from those who keep them to those who have the pictures in their part of it.
struct RowLoan {
  Tensor lent;                   // which of this process's rows, in order of who gets them: [L], int64
  std::vector<int64_t> lent_to;  // how many of them each rank gets
  Tensor borrowed;               // pictures of its part of the batch, in order of who keeps their rows: [N]
  std::vector<int64_t> borrowed_from;  // how many of them each rank keeps
};

/// Rows that the processes of a group keep, equally many each, in order of rank. What is a tensor of rows
/// here lies on the processor, unless one process keeps all.
class DividedRows {
 public:
  DividedRows(int64_t count, std::shared_ptr<const Group> group);

  int64_t count() const { return bounds_.back(); }  // of all processes
  int64_t first() const { return bounds_[rank()]; }
  int64_t size() const { return bounds_[rank() + 1] - first(); }  // of this process
  bool are_all_here() const { return group_->is_alone(); }

  /// Of a batch that all processes share.
  RowLoan loan(const Batch& batch) const;

  /// What everyone's loans of `rows`, [L, ...], give this process: the rows of its part of the batch, [N,
  /// ...]. Everyone calls it, as all that follow.
  Tensor lend(const Tensor& rows, const RowLoan& loan) const;

  /// And back.
  Tensor take_back(const Tensor& rows, const RowLoan& loan) const;

  /// All rows on rank 0, of everyone's `own`, [size(), ...]; none on the others.
  Tensor gather(const Tensor& own) const;

 private:
  size_t rank() const { return static_cast<size_t>(group_->rank()); }
  size_t keeper(int64_t row) const;

  std::shared_ptr<const Group> group_;
  std::vector<int64_t> bounds_;  // rank r keeps the rows from bounds_[r] up to bounds_[r + 1]
};

}  // namespace vae
