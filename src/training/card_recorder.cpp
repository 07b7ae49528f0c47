#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include <optional>

#include "training/step_graph.h"

namespace vae {
namespace {

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
    c10::cuda::device_synchronize();                // nothing that was begun before may end up in the graph
    c10::cuda::CUDACachingAllocator::emptyCache();  // which takes memory of its own
    const c10::cuda::CUDAStreamGuard guard(stream_);
    graph_.emplace();
    // Other threads may go on meanwhile: one brings the next pictures.
    graph_->capture_begin(/*pool=*/{0, 0}, cudaStreamCaptureModeThreadLocal);
    try {
      work();
    } catch (...) {
      end_failed_capture();
      throw;
    }
    graph_->capture_end();
  }

  void replay() override { graph_->replay(); }

 private:
  // What went wrong has spoiled the graph: that it can't be ended in order is no news.
  void end_failed_capture() {
    try {
      graph_->capture_end();
    } catch (const c10::Error&) {
    }
    graph_.reset();
  }

  c10::cuda::CUDAStream stream_;
  std::optional<at::cuda::CUDAGraph> graph_;
};

}  // namespace

std::unique_ptr<Recorder> make_recorder(torch::Device device) {
  if (!device.is_cuda()) return nullptr;
  return std::make_unique<CudaRecorder>(device);
}

}  // namespace vae
