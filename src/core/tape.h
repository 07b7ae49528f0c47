// Work on the processor that is noted down while it is done, to be done again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace vae {

/// Does what perform() did and what LibTorch computed while it ran, again and again: in the same memory, with
/// the same constants, without dispatch and autograd. What shall differ must be put into that memory before.
class Tape {
 public:
  /// From here to the end of this object's life, notes the work of this thread.
  class Recording {
   public:
    explicit Recording(Tape& tape);
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

   private:
    uint64_t observer_;
  };

  /// The one that this thread's work is noted on; null where none is.
  static Tape* running();

  /// Why what was noted can't be done again; empty where it can.
  const std::string& obstacle() const { return obstacle_; }

  void replay() const;

  /// For perform() and what observes LibTorch.
  void note(std::function<void()> work) {
    if (obstacle_.empty()) work_.push_back(std::move(work));
  }
  void keep(const Tensor& tensor);
  void give_up(const std::string& obstacle);

 private:
  std::vector<std::function<void()>> work_;
  std::vector<c10::Storage> memory_;
  size_t bytes_ = 0;
  std::string obstacle_;
};

using TensorPointers = std::initializer_list<const Tensor*>;

/// Does work that reads and writes the memory of these tensors, where they are defined, by its addresses. It
/// holds no tensors itself: their number of owners tells autograd what it may take over.
template <class Work>
void perform(TensorPointers tensors, const Work& work) {
  work();
  if (Tape* tape = Tape::running()) {
    for (const Tensor* tensor : tensors) tape->keep(*tensor);
    tape->note(work);
  }
}

/// Does work(inputs), which gives tensors, as one: what it performs is not noted by itself, and how many rows
/// it takes may change from step to step. It is done again with results of the same shapes.
std::vector<Tensor> perform_as_one(
    const std::vector<Tensor>& inputs,
    const std::function<std::vector<Tensor>(const std::vector<Tensor>&)>& work);

/// Says that the work that follows is not noted.
inline void cannot_be_noted(const char* what) {
  if (Tape* tape = Tape::running()) tape->give_up(what);
}

}  // namespace vae
