#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace vae {

void for_each_index(int64_t count, int64_t threads, const std::function<void(int64_t)>& work) {
  std::atomic<int64_t> next = 0;
  std::mutex mutex;
  int64_t failed_index = count;
  std::exception_ptr failure;

  const auto worker = [&] {
    for (int64_t index = next++; index < count; index = next++) {
      try {
        work(index);
      } catch (...) {
        next = count;  // lower indices have been handed out already: whoever has one finishes it
        const std::lock_guard lock(mutex);
        if (index < failed_index) {
          failed_index = index;
          failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int64_t thread = 1; thread < std::min(threads, count); ++thread) workers.emplace_back(worker);
    worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace vae
