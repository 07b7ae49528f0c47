#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include <optional>

#include "training/step_graph.h"

namespace vae {
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

/// Has `waiting` go on behind all that is on `other` by now.
void wait_for(const c10::Stream& waiting, const c10::Stream& other) {
  c10::Event event(c10::DeviceType::CUDA);
  event.record(other);
  event.block(waiting);
}

class CudaRecorder : public Recorder {
 public:
  explicit CudaRecorder(torch::Device device)
      : stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index())) {}

  void warm_up(const std::function<void()>& work) override {
    const c10::cuda::CUDAStream current = c10::cuda::getCurrentCUDAStream(stream_.device_index());
    wait_for(stream_, current);
    {
      const c10::cuda::CUDAStreamGuard guard(stream_);
      work();
    }
    wait_for(current, stream_);
  }

  void record(const std::function<void()>& work) override {
    c10::cuda::device_synchronize();  // nothing that was begun before may end up in the graph
    allocator::emptyCache();          // which takes memory of its own
    const c10::cuda::CUDAStreamGuard guard(stream_);
    graph_.emplace();
    pool_ = at::cuda::graph_pool_handle();
    // Other threads may go on meanwhile: one brings the next pictures.
    graph_->capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
    try {
      work();
      graph_->capture_end();
    } catch (...) {
      drop_capture();
      throw;
    }
  }

  void replay() override { graph_->replay(); }

 private:
  // A capture that can't be ended keeps the allocator at work for it, and the memory that it has taken.
  void drop_capture() {
    attempt([this] { graph_->capture_end(); });
    attempt([this] {
      allocator::endAllocateToPool(stream_.device_index(), pool_);  // an error where it has been ended
      allocator::releasePool(stream_.device_index(), pool_);
    });
    graph_.reset();
  }

  /// What went wrong has spoiled the capture: that more goes wrong is no news.
  template <class Work>
  static void attempt(const Work& work) {
    try {
      work();
    } catch (const c10::Error&) {
    }
  }

  c10::cuda::CUDAStream stream_;
  at::cuda::MempoolId_t pool_ = {};
  std::optional<at::cuda::CUDAGraph> graph_;
};

}  // namespace

std::unique_ptr<Recorder> make_recorder(torch::Device device) {
  if (!device.is_cuda()) return nullptr;
  return std::make_unique<CudaRecorder>(device);
}

}  // namespace vae
