// Processes of a run as threads of a test.
#pragma once

#include <gtest/gtest.h>

#include <barrier>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "distributed/group.h"

namespace vae::test {

/// Where the threads meet.
struct MeetingPlace {
  explicit MeetingPlace(int64_t size)
      : barrier(size), tensors(static_cast<size_t>(size)), counts(tensors.size()) {}
  std::barrier<> barrier;
  std::vector<Tensor> tensors;
  std::vector<std::vector<int64_t>> counts;  // of rows for each
};

class ThreadGroup : public Group {
 public:
  ThreadGroup(int64_t rank, std::shared_ptr<MeetingPlace> place) : rank_(rank), place_(std::move(place)) {}

  int64_t rank() const override { return rank_; }
  int64_t size() const override { return static_cast<int64_t>(place_->tensors.size()); }

  std::unique_ptr<PendingSum> begin_sum(Tensor tensor, WirePrecision precision) const override {
    return std::make_unique<Sum>(*this, std::move(tensor), precision);
  }
  void broadcast(Tensor tensor) const override {
    exchange(tensor, [](const std::vector<Tensor>& all) { return all.front().clone(); });
  }
  Tensor exchange_rows(const Tensor& rows, std::vector<int64_t> to,
                       std::vector<int64_t> from) const override {
    const auto own = static_cast<size_t>(rank_);
    place_->tensors[own] = rows;
    place_->counts[own] = std::move(to);
    place_->barrier.arrive_and_wait();
    std::vector<Tensor> parts;
    for (size_t sender = 0; sender < from.size(); ++sender) {
      const std::vector<int64_t>& counts = place_->counts[sender];
      EXPECT_EQ(counts[own], from[sender]);
      const auto before = std::accumulate(counts.begin(), counts.begin() + rank_, int64_t{0});
      parts.push_back(place_->tensors[sender].narrow(0, before, counts[own]));
    }
    const Tensor received = torch::cat(parts);
    place_->barrier.arrive_and_wait();
    return received;
  }
  void wait_for_all() const override { place_->barrier.arrive_and_wait(); }
  void leave(const std::string&) const override {}
  int64_t sharing_cores() const override { return size(); }
  int64_t local_rank() const override { return rank(); }
  bool is_first_here() const override { return is_first(); }

 private:
  /// Of the numbers that were there when it began.
  class Sum : public PendingSum {
   public:
    Sum(const ThreadGroup& group, Tensor target, WirePrecision precision)
        : group_(group),
          target_(std::move(target)),
          travels_(precision == WirePrecision::full ? target_.scalar_type() : torch::kBFloat16),
          numbers_(target_.to(travels_, /*non_blocking=*/false, /*copy=*/true)) {}
    void reduce() override {
      group_.exchange(numbers_, [this](const std::vector<Tensor>& all) {
        Tensor total = torch::zeros_like(target_);
        for (const Tensor& numbers : all) total += numbers;
        return total.to(travels_);
      });
    }
    void finish() override { target_.copy_(numbers_); }

   private:
    const ThreadGroup& group_;
    Tensor target_;
    torch::ScalarType travels_;
    Tensor numbers_;
  };

  template <class Combine>
  void exchange(Tensor& tensor, const Combine& combine) const {
    const torch::NoGradGuard no_grad;
    place_->tensors[static_cast<size_t>(rank_)] = tensor;
    place_->barrier.arrive_and_wait();
    const Tensor result = combine(place_->tensors);
    place_->barrier.arrive_and_wait();  // all have read before anyone writes
    tensor.copy_(result);
  }

  int64_t rank_;
  std::shared_ptr<MeetingPlace> place_;
};

/// Calls action(group) on a thread for each rank.
inline void in_threads(int64_t size, const std::function<void(std::shared_ptr<const Group>)>& action) {
  const auto place = std::make_shared<MeetingPlace>(size);
  std::vector<std::jthread> threads;
  for (int64_t rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] { action(std::make_shared<ThreadGroup>(rank, place)); });
  }
}

}  // namespace vae::test
