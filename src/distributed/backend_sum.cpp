#include "distributed/backend_sum.h"

#include <utility>
#include <vector>

#include "core/divide_up.h"

namespace vae {
namespace {

using WorkPointer = c10::intrusive_ptr<c10d::Work>;

class FullSum : public PendingSum {
 public:
  FullSum(c10d::Backend& processes, Tensor tensor)
      : tensors_({std::move(tensor)}), work_(processes.allreduce(tensors_)) {}

  void reduce() override {}
  void finish() override { work_->wait(); }

 private:
  std::vector<Tensor> tensors_;
  WorkPointer work_;
};

/// Each process gets everyone's numbers of one part, adds them, and sends the sum to all: Gloo's own sum
/// would round after every addition.
class RoundedSum : public PendingSum {
 public:
  RoundedSum(c10d::Backend& processes, Tensor tensor) : processes_(processes), tensor_(std::move(tensor)) {
    const int64_t size = processes.getSize();
    const int64_t part = divide_up(tensor_.numel(), size);
    rounded_ = torch::zeros({size, part}, tensor_.options().dtype(torch::kBFloat16));
    copy_of_tensor().copy_(tensor_);
    parts_ = torch::empty_like(rounded_);
    std::vector<int64_t> equal;
    work_ = processes.alltoall_base(parts_, rounded_, equal, equal);
  }

  void reduce() override {
    work_->wait();
    sum_ = parts_.sum(0, /*keepdim=*/false, tensor_.scalar_type()).to(torch::kBFloat16);
    Tensor all = rounded_.view({-1});
    work_ = processes_._allgather_base(all, sum_);
  }

  void finish() override {
    work_->wait();
    tensor_.copy_(copy_of_tensor());
  }

 private:
  Tensor copy_of_tensor() const { return rounded_.view({-1}).narrow(0, 0, tensor_.numel()).view_as(tensor_); }

  c10d::Backend& processes_;
  Tensor tensor_;
  Tensor rounded_;  // [processes, part of each]
  Tensor parts_;    // everyone's numbers of this process's part
  Tensor sum_;
  WorkPointer work_;
};

}  // namespace

std::unique_ptr<PendingSum> begin_backend_sum(c10d::Backend& processes, Tensor tensor,
                                              WirePrecision precision) {
  if (precision == WirePrecision::full) return std::make_unique<FullSum>(processes, std::move(tensor));
  return std::make_unique<RoundedSum>(processes, std::move(tensor));
}

}  // namespace vae
