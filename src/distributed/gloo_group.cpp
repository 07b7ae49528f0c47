#include <c10/util/Logging.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <numeric>
#include <string_view>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

#include "core/error.h"
#include "core/one_line.h"
#include "distributed/backend_sum.h"
#include "distributed/card_processes.h"
#include "distributed/group.h"
#include "distributed/heartbeat.h"
#include "distributed/local_address.h"

namespace vae {
namespace {

using std::chrono::milliseconds;
using StorePointer = c10::intrusive_ptr<c10d::Store>;

constexpr int kErrorsOnly = 2;  // of c10's levels of logging
constexpr const char* kGoOn =
    "go on from the last checkpoint with --resume, in as many processes as there are";

std::vector<uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }
std::string text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string host_name() {
  std::array<char, 256> name = {};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

/// The same for processes that may run on the same cores of the same machine.
std::string own_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  return fmt::format("{} {:02x}", host_name(),
                     fmt::join(reinterpret_cast<const uint8_t*>(&set),
                               reinterpret_cast<const uint8_t*>(&set) + sizeof set, ""));
}

std::string host_of(const std::string& cores) { return cores.substr(0, cores.find(' ')); }

/// Its warnings about connections come with pages of addresses; what is wrong is said by our errors.
void keep_library_quiet() {
  if (std::getenv("TORCH_CPP_LOG_LEVEL") == nullptr) FLAGS_caffe2_log_level = kErrorsOnly;
}

bool keeps_store(const Launch& launch) { return launch.rank == 0 && !launch.agent_keeps_store; }

StorePointer open_store(const Launch& launch, milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = launch.port;
  options.isServer = keeps_store(launch);
  options.waitWorkers = false;
  options.timeout = timeout;
  StorePointer store;
  try {
    store = c10::make_intrusive<c10d::TCPStore>(launch.address, options);
  } catch (const std::exception& error) {
    if (keeps_store(launch)) {
      throw UsageError("{}:{}: rank 0 can't wait for the others there ({}); set MASTER_PORT to another port",
                       launch.address, launch.port, first_line(error.what()));
    }
    throw PeerError(
        "{}:{}: rank 0 does not answer there ({}); see MASTER_ADDR and MASTER_PORT, and rank 0's log",
        launch.address, launch.port, first_line(error.what()));
  }
  // Processes that were started again must not take those before them for themselves.
  return c10::make_intrusive<c10d::PrefixStore>(fmt::format("vae/{}", launch.restarts), store);
}

/// Everyone's word for a key, by rank.
std::vector<std::string> collect(c10d::Store& store, const std::string& key, int64_t size) {
  std::vector<std::string> words;
  for (int64_t rank = 0; rank < size; ++rank)
    words.push_back(text(store.get(fmt::format("{}/{}", key, rank))));
  return words;
}

void require_one_of_each(c10d::Store& store, const Launch& launch) {
  if (store.add(fmt::format("count/{}", launch.rank), 1) > 1) {
    throw UsageError("RANK {}: another process has it already; each needs its own, from 0 to {}", launch.rank,
                     launch.size - 1);
  }
  const std::string size = std::to_string(launch.size);
  const std::string others = text(store.compareSet("size", {}, bytes(size)));
  if (others != size) {
    throw UsageError("WORLD_SIZE {} for rank {}, but {} for others; expected the same for all", size,
                     launch.rank, others);
  }
}

void wait_until_all_have_come(c10d::Store& store, const Launch& launch, milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  std::vector<int64_t> missing;
  for (int64_t rank = 0; rank < launch.size; ++rank) missing.push_back(rank);
  while (true) {
    std::erase_if(missing, [&](int64_t rank) { return store.check({fmt::format("cores/{}", rank)}); });
    if (missing.empty()) return;
    if (std::chrono::steady_clock::now() > end) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  throw PeerError(
      "rank {} of {} did not come to {}:{} within {} s; see whether they were started, and their logs",
      fmt::join(missing, " and "), launch.size, launch.address, launch.port, timeout.count() / 1000);
}

std::shared_ptr<gloo::transport::Device> network_device(const Launch& launch) {
  using c10d::ProcessGroupGloo;
  if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME")) {
    return ProcessGroupGloo::createDeviceForInterface(interface);
  }
  return ProcessGroupGloo::createDeviceForHostname(local_address_towards(launch.address));
}

class GlooGroup : public Group {
 public:
  GlooGroup(const Launch& launch, milliseconds timeout) : launch_(launch), timeout_(timeout) {
    keep_library_quiet();
    store_ = open_store(launch, timeout);
    meet();
    connect();
  }

  int64_t rank() const override { return launch_.rank; }
  int64_t size() const override { return launch_.size; }
  int64_t local_rank() const override { return launch_.local_rank; }
  int64_t sharing_cores() const override { return sharing_cores_; }

  bool is_first_here() const override { return is_first_here_; }

  std::unique_ptr<PendingSum> begin_sum(Tensor tensor, WirePrecision precision) const override {
    if (is_alone()) return alone()->begin_sum(std::move(tensor), precision);
    std::unique_ptr<PendingSum> sum;
    attempt([&] { sum = begin_backend_sum(processes_for(tensor), tensor, precision); });
    return std::make_unique<WatchedSum>(*this, std::move(sum));
  }

  void broadcast(Tensor tensor) const override {
    if (is_alone()) return;
    attempt([&] {
      std::vector<Tensor> tensors = {tensor};
      processes_for(tensor).broadcast(tensors)->wait();
    });
  }

  Tensor exchange_rows(const Tensor& rows, std::vector<int64_t> to,
                       std::vector<int64_t> from) const override {
    if (is_alone()) return rows;
    std::vector<int64_t> shape = rows.sizes().vec();
    shape.front() = std::accumulate(from.begin(), from.end(), int64_t{0});
    Tensor sent = rows, received = torch::empty(shape, rows.options());
    attempt([&] { processes_for(rows).alltoall_base(received, sent, from, to)->wait(); });
    return received;
  }

  void wait_for_all() const override {
    try {
      heartbeat_->wait_for_all();
    } catch (const PeerError& error) {
      fail(error.what());
    }
    sum(torch::zeros({1}));  // who keeps the store does not go before all know that all have come
  }

  void leave(const std::string& reason) const override {
    try {
      heartbeat_->publish(fmt::format("{} has ended: {}", name_, reason));
    } catch (const std::exception& error) {
      spdlog::debug("can't tell the other processes: {}", error.what());
    }
  }

 private:
  class WatchedSum : public PendingSum {
   public:
    WatchedSum(const GlooGroup& group, std::unique_ptr<PendingSum> sum)
        : group_(group), sum_(std::move(sum)) {}
    void reduce() override {
      group_.attempt([this] { sum_->reduce(); });
    }
    void finish() override {
      group_.attempt([this] { sum_->finish(); });
    }

   private:
    const GlooGroup& group_;
    std::unique_ptr<PendingSum> sum_;
  };

  void meet() {
    try {
      meet_in(*store_);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw PeerError("{}:{}: rank 0 has ended before all had come ({}); see its log", launch_.address,
                      launch_.port, first_line(error.what()));
    }
  }

  void meet_in(c10d::Store& store) {
    require_one_of_each(store, launch_);
    name_ = fmt::format("rank {} (process {} on {})", launch_.rank, getpid(), host_name());
    store.set(fmt::format("name/{}", launch_.rank), bytes(name_));
    store.set(fmt::format("cores/{}", launch_.rank), bytes(own_cores()));
    wait_until_all_have_come(store, launch_, timeout_);
    const std::vector<std::string> cores = collect(store, "cores", launch_.size);
    sharing_cores_ = std::ranges::count(cores, own_cores());
    is_first_here_ = std::ranges::find(cores, host_name(), host_of) - cores.begin() == launch_.rank;
    std::vector<std::string> names = collect(store, "name", launch_.size);
    std::string keeper = names.front() + ", which keeps the store";
    if (launch_.agent_keeps_store) {
      keeper = fmt::format("torchrun's store at {}:{}", launch_.address, launch_.port);
    }
    heartbeat_ = std::make_unique<Heartbeat>(c10::make_intrusive<c10d::PrefixStore>("heartbeat", store_),
                                             Heartbeat::Peers{.rank = launch_.rank,
                                                              .names = std::move(names),
                                                              .keeper = std::move(keeper),
                                                              .keeps_store = keeps_store(launch_)},
                                             timeout_);
  }

  void connect() {
    attempt([&] {
      // Once it is over there must be time to find out who is lost.
      auto options = c10d::ProcessGroupGloo::Options::create(time_to_wait());
      options->devices = {network_device(launch_)};
      process_group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(
          c10::make_intrusive<c10d::PrefixStore>("gloo", store_), static_cast<int>(launch_.rank),
          static_cast<int>(launch_.size), options);
    });
  }

  milliseconds time_to_wait() const {
    return std::max(timeout_ - Heartbeat::time_to_explain(timeout_), timeout_ / 2);
  }

  c10d::Backend& processes_for(const Tensor& tensor) const {
    if (tensor.is_cpu()) return *process_group_;
    if (!cards_) {
      cards_ = connect_cards(c10::make_intrusive<c10d::PrefixStore>("nccl", store_),
                             static_cast<int>(launch_.rank), static_cast<int>(launch_.size), time_to_wait());
    }
    TORCH_CHECK(cards_, "this program can't carry tensors from card to card");
    return *cards_;
  }

  template <class Collective>
  void attempt(const Collective& collective) const {
    try {
      collective();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail(heartbeat_->explain(first_line(error.what())));
    }
  }

  [[noreturn]] void fail(const std::string& reason) const {
    throw PeerError("rank {} of {}: {}; {}", launch_.rank, launch_.size, reason, kGoOn);
  }

  Launch launch_;
  milliseconds timeout_;
  std::string name_;
  int64_t sharing_cores_ = 1;
  bool is_first_here_ = true;
  StorePointer store_;
  std::unique_ptr<Heartbeat> heartbeat_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> process_group_;
  mutable c10::intrusive_ptr<c10d::Backend> cards_;  // undefined before a first tensor of a card
};

}  // namespace

std::shared_ptr<const Group> join(const Launch& launch, milliseconds timeout) {
  return std::make_shared<GlooGroup>(launch, timeout);
}

}  // namespace vae
