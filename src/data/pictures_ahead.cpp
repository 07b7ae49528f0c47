#include "data/pictures_ahead.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <utility>

#include "data/gather.h"

namespace vae {

PicturesAhead::PicturesAhead(std::shared_ptr<const Dataset> dataset, torch::Device device)
    : dataset_(std::move(dataset)), device_(device) {
  if (device_.is_cpu()) return;
  stream_ = c10::impl::VirtualGuardImpl(device_.type()).getStreamFromGlobalPool(device_);
  for (Slot& slot : slots_) {
    slot.copied.emplace(device_.type());
    slot.read.emplace(device_.type());
  }
}

void PicturesAhead::begin(const Tensor& numbers) { begin(slots_[1 - taken_], numbers); }

Tensor PicturesAhead::take(const Tensor& numbers) {
  // The steps that read what was taken before are all on their stream by now: when it gets here, they are
  // over.
  if (Slot& before = slots_[taken_]; before.read) before.read->record(stream_of_steps());
  taken_ = 1 - taken_;
  Slot& slot = slots_[taken_];
  const bool is_begun = slot.filling.valid() && torch::equal(slot.numbers, numbers);
  if (!is_begun) begin(slot, numbers);
  slot.filling.get();
  if (slot.copied) slot.copied->block(stream_of_steps());
  return slot.arrived.narrow(0, 0, numbers.size(0));
}

void PicturesAhead::begin(Slot& slot, const Tensor& numbers) {
  if (slot.filling.valid()) slot.filling.wait();
  make_room(slot, numbers.size(0));
  slot.numbers = numbers;
  slot.filling = std::async(std::launch::async, [this, &slot] { fill(slot); });
}

void PicturesAhead::make_room(Slot& slot, int64_t count) const {
  if (slot.collected.defined() && slot.collected.size(0) >= count) return;
  const PictureShape shape = dataset_->shape();
  const std::array<int64_t, 4> sizes = {count, shape.height, shape.width, shape.channels};
  slot.collected = torch::empty(sizes, torch::dtype(torch::kUInt8).pinned_memory(!device_.is_cpu()));
  slot.arrived = slot.collected;
  if (device_.is_cpu()) return;
  slot.arrived = torch::empty(sizes, torch::dtype(torch::kUInt8).device(device_));
  slot.read->record(stream_of_steps());  // which may still use what this memory was before
}

void PicturesAhead::fill(Slot& slot) const {
  if (slot.copied) slot.copied->synchronize();  // what was collected before has left
  const int64_t* const number = slot.numbers.const_data_ptr<int64_t>();
  const int64_t count = slot.numbers.size(0);
  for (int64_t i = 0; i < count; ++i) dataset_->expect(number[i]);
  gather(
      *dataset_, 0, count, [number](int64_t i) { return number[i]; }, slot.collected.data_ptr<uint8_t>());
  if (!stream_) return;

  const c10::StreamGuard guard(*stream_);
  slot.read->block(*stream_);
  slot.arrived.narrow(0, 0, count).copy_(slot.collected.narrow(0, 0, count), /*non_blocking=*/true);
  slot.copied->record(*stream_);
}

c10::Stream PicturesAhead::stream_of_steps() const {
  return c10::impl::VirtualGuardImpl(device_.type()).getStream(device_);
}

}  // namespace vae
