// Rows that several processes keep reach whoever has the pictures, and come back.
#include "objectives/divided_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/thread_group.h"

namespace vae {
namespace {

constexpr int64_t kRows = 10;

/// A process's part of a batch of these pictures.
Batch part_of(const Tensor& pictures, const Group& group) {
  const OtherRows others = Share{.index = group.rank(), .count = group.size()}.others(pictures.numel());
  const Tensor own = pictures.slice(0, others.before, pictures.numel() - others.behind);
  return {.x = own, .indices = own, .others = others, .whole_indices = pictures};
}

/// Row i is {i, 10 i}.
Tensor rows_of(const Tensor& pictures) {
  const Tensor numbers = pictures.to(torch::kFloat);
  return torch::stack({numbers, 10 * numbers}, 1);
}

Tensor kept_by(const DividedRows& rows) {
  return rows_of(torch::arange(rows.first(), rows.first() + rows.size()));
}

TEST(DividedRows, AreKeptInOrderOfRankInEqualParts) {
  for (const int64_t size : {1, 2, 3, 4, 12}) {  // with 12 some have none
    std::vector<int64_t> first(static_cast<size_t>(size)), count = first;
    test::in_threads(size, [&](const std::shared_ptr<const Group>& group) {
      const DividedRows rows(kRows, group);
      EXPECT_EQ(rows.count(), kRows);
      first[static_cast<size_t>(group->rank())] = rows.first();
      count[static_cast<size_t>(group->rank())] = rows.size();
    });
    int64_t begin = 0;
    for (size_t rank = 0; rank < first.size(); ++rank) {
      EXPECT_EQ(first[rank], begin);
      EXPECT_LE(std::abs(count[rank] - kRows / size), 1);
      begin += count[rank];
    }
    EXPECT_EQ(begin, kRows);
  }
}

TEST(DividedRows, ReachWhoeverHasThePicturesAndComeBack) {
  const std::array batches = {torch::tensor({7, 2, 9, 0, 4}), torch::tensor({9, 8, 7, 6, 5, 4, 3, 2, 1, 0}),
                              torch::tensor({3, 1}), torch::tensor({6})};
  for (const int64_t size : {2, 3, 4}) {  // most have nothing of the last batches
    for (const Tensor& pictures : batches) {
      test::in_threads(size, [&](const std::shared_ptr<const Group>& group) {
        const DividedRows rows(kRows, group);
        const Batch batch = part_of(pictures, *group);
        const RowLoan loan = rows.loan(batch);
        Tensor kept = kept_by(rows);
        const Tensor lent = rows.lend(kept.index_select(0, loan.lent), loan);
        EXPECT_TRUE(torch::equal(lent, rows_of(batch.indices)));

        kept.index_copy_(0, loan.lent, rows.take_back(-lent, loan));
        const Tensor in_batch = torch::isin(torch::arange(kRows), pictures).to(torch::kFloat);
        const Tensor signs = (1 - 2 * in_batch).unsqueeze(1).narrow(0, rows.first(), rows.size());
        EXPECT_TRUE(torch::equal(kept, signs * kept_by(rows)));
      });
    }
  }
}

TEST(DividedRows, AreGatheredOnTheFirst) {
  test::in_threads(3, [](const std::shared_ptr<const Group>& group) {
    const DividedRows rows(kRows, group);
    const Tensor all = rows.gather(kept_by(rows));
    EXPECT_TRUE(torch::equal(all, rows_of(torch::arange(group->is_first() ? kRows : 0))));
  });
}

}  // namespace
}  // namespace vae
