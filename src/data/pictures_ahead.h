// Pictures on their way to a device while it works.
#pragma once

#include <c10/core/Event.h>
#include <c10/core/Stream.h>

#include <array>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>

#include "core/tensor.h"
#include "data/dataset.h"

namespace vae {

/// Brings pictures of a data set to a device: a thread of its own collects them in pinned memory, and a
/// stream of its own copies them, both while the steps before go on. On the processor they are collected
/// only.
class PicturesAhead {
 public:
  /// The data set's pixels must be stored.
  PicturesAhead(std::shared_ptr<const Dataset> dataset, torch::Device device);

  /// Begins to bring the pictures of these numbers, int64 on the processor.
  void begin(const Tensor& numbers);

  /// Their bytes, [N, H, W, C] on the device: those that were begun, or, where others were, brought now. To
  /// be read on the stream that is current, and before the next call.
  Tensor take(const Tensor& numbers);

 private:
  struct Slot {
    Tensor numbers;
    Tensor collected;                        // at least as many pictures as numbers; pinned
    Tensor arrived;                          // the same on the device; on the processor `collected` itself
    std::optional<c10::Event> copied, read;  // none on the processor
    std::future<void> filling;
  };

  void begin(Slot& slot, const Tensor& numbers);
  void make_room(Slot& slot, int64_t count) const;
  void fill(Slot& slot) const;
  c10::Stream stream_of_steps() const;

  std::shared_ptr<const Dataset> dataset_;
  torch::Device device_;
  std::optional<c10::Stream> stream_;  // none on the processor
  std::array<Slot, 2> slots_;          // one is read while the other is filled; threads end before the rest
  size_t taken_ = 0;
};

}  // namespace vae
