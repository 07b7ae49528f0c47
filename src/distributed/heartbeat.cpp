#include "distributed/heartbeat.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "core/error.h"

namespace vae {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLongestInterval{1000};
constexpr milliseconds kWhileWaiting{10};  // between two looks at who has come
constexpr int kSilentIntervals = 3;        // after which a process that beats once an interval is lost
constexpr const char* kVerdict = "verdict";

/// Short enough that several fit into the timeout.
milliseconds interval_of(milliseconds timeout) {
  constexpr int kIntervals = 40;
  return std::clamp(timeout / kIntervals, milliseconds(50), kLongestInterval);
}

std::string key_of(size_t rank) { return fmt::format("alive/{}", rank); }

std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string seconds(Clock::duration time) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count());
}

}  // namespace

struct Heartbeat::State {
  struct Sign {
    std::string last;  // what it wrote
    int64_t waits = 0;
    Clock::time_point changed = Clock::now();
  };

  State(c10::intrusive_ptr<c10d::Store> the_store, Peers the_peers, milliseconds the_timeout)
      : store(std::move(the_store)),
        peers(std::move(the_peers)),
        timeout(the_timeout),
        interval(interval_of(the_timeout)),
        signs(peers.names.size()) {}

  const c10::intrusive_ptr<c10d::Store> store;
  const Peers peers;
  const milliseconds timeout;
  const milliseconds interval;

  std::mutex mutex;
  std::condition_variable changed;
  bool ends = false;
  bool has_ended = false;
  bool watches = false;  // reads the others' signs, too
  int64_t waits = 0;     // how often wait_for_all was called
  std::string to_publish;
  std::string verdict;
  std::string store_error;
  Clock::time_point last_beat = Clock::now();
  std::vector<Sign> signs;

  void watch() {
    watches = true;
    for (Sign& sign : signs) sign.changed = Clock::now();
    changed.notify_all();
  }

  bool all_have_come() const {
    return std::ranges::all_of(signs, [this](const Sign& sign) { return sign.waits >= waits; });
  }

  /// What is known of lost processes, empty for nothing; `silence` is how long the others may be silent.
  std::string trouble(Clock::duration silence) const {
    if (!verdict.empty()) return verdict;
    const auto now = Clock::now();
    if (!store_error.empty() || now - last_beat > silence) return fmt::format("lost {}", peers.keeper);
    std::vector<std::string> lost;
    Clock::duration longest = {};
    for (size_t i = 0; i < signs.size(); ++i) {
      if (static_cast<int64_t>(i) == peers.rank || now - signs[i].changed <= silence) continue;
      lost.push_back(peers.names[i]);
      longest = std::max(longest, now - signs[i].changed);
    }
    if (lost.empty()) return {};
    return fmt::format("lost {}, silent for {}", fmt::join(lost, " and "), seconds(longest));
  }
};

milliseconds Heartbeat::time_to_explain(milliseconds timeout) {
  return (2 * kSilentIntervals + 2) * interval_of(timeout);
}

Heartbeat::Heartbeat(c10::intrusive_ptr<c10d::Store> store, Peers peers, milliseconds timeout)
    : state_(std::make_shared<State>(std::move(store), std::move(peers), timeout)) {
  // Detached: it may wait for a store that never answers again, and then ends with the process.
  std::thread([state = state_] {
    try {
      beat(*state);
    } catch (const std::exception& error) {
      const std::lock_guard lock(state->mutex);
      state->store_error = error.what();
    }
    const std::lock_guard lock(state->mutex);
    state->has_ended = true;
    state->changed.notify_all();
  }).detach();
}

Heartbeat::~Heartbeat() {
  std::unique_lock lock(state_->mutex);
  state_->ends = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, state_->interval, [this] { return state_->has_ended; });
}

void Heartbeat::beat(State& state) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < state.signs.size(); ++i) keys.push_back(key_of(i));
  for (int64_t beats = 0;; ++beats) {
    std::unique_lock lock(state.mutex);
    if (state.ends) return;
    const std::string to_publish = state.to_publish;
    const bool watches = state.watches;
    const std::string sign = fmt::format("{} {}", state.waits, beats);
    lock.unlock();

    state.store->set(keys[static_cast<size_t>(state.peers.rank)], bytes(sign));
    if (!to_publish.empty()) state.store->compareSet(kVerdict, {}, bytes(to_publish));
    const std::string verdict = state.store->check({kVerdict}) ? text(state.store->get(kVerdict)) : "";
    // Not asked for one that has not written yet: that would wait for it.
    std::vector<std::string> signs(keys.size());
    for (size_t i = 0; watches && i < keys.size(); ++i) {
      if (state.store->check({keys[i]})) signs[i] = text(state.store->get(keys[i]));
    }

    lock.lock();
    state.verdict = verdict;
    state.last_beat = Clock::now();
    for (size_t i = 0; i < signs.size(); ++i) {
      if (signs[i].empty() || signs[i] == state.signs[i].last) continue;
      state.signs[i].last = signs[i];
      state.signs[i].changed = state.last_beat;
      std::from_chars(signs[i].data(), signs[i].data() + signs[i].size(), state.signs[i].waits);
    }
    state.changed.notify_all();
    if (state.watches) {
      state.changed.wait_for(lock, kWhileWaiting);
    } else {
      state.changed.wait_for(lock, state.interval,
                             [&] { return state.ends || state.watches || state.to_publish != to_publish; });
    }
  }
}

void Heartbeat::wait_for_all() {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  ++state.waits;
  state.watch();
  std::string trouble;
  while (!state.all_have_come() && (trouble = state.trouble(state.timeout)).empty()) {
    state.changed.wait_for(lock, state.interval);
  }
  state.watches = false;
  if (!trouble.empty()) throw PeerError("{}", trouble);
}

std::string Heartbeat::explain(const std::string& symptom) {
  State& state = *state_;
  std::string trouble;
  {
    std::unique_lock lock(state.mutex);
    state.watch();
    const auto begin = Clock::now();
    const auto silence = kSilentIntervals * state.interval;
    while ((trouble = state.trouble(silence)).empty() && Clock::now() - begin < silence + state.interval) {
      state.changed.wait_for(lock, state.interval / 4);
    }
    if (trouble.empty()) {
      trouble = fmt::format("all processes are alive, but some did not come in time ({})", symptom);
    }
  }
  publish(trouble);
  return trouble;
}

void Heartbeat::publish(const std::string& reason) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  if (!state.store_error.empty()) return;
  state.to_publish = reason;
  state.changed.notify_all();
  state.changed.wait_for(lock, state.interval, [&] { return !state.verdict.empty(); });
  // The store ends with its keeper: the others look there once an interval.
  if (state.peers.keeps_store) {
    state.changed.wait_for(lock, 2 * state.interval, [] { return false; });
  }
}

}  // namespace vae
