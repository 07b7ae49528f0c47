// Who of a run's processes is alive, by way of the store that all of them reach.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <vector>

namespace vae {

/// A thread that tells the store every now and then that this process lives, and reads there what the others
/// say. It alone uses its connection: a store that stops to answer stops this thread and nobody else.
class Heartbeat {
 public:
  struct Peers {
    int64_t rank = 0;                // this process
    std::vector<std::string> names;  // by rank, for messages
    std::string keeper;              // whoever keeps the store, for messages
    bool keeps_store = false;        // this process does
  };

  /// Silent for `timeout` while it is waited for, a process counts as lost.
  Heartbeat(c10::intrusive_ptr<c10d::Store> store, Peers peers, std::chrono::milliseconds timeout);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// How long it takes at most to find out who is lost.
  static std::chrono::milliseconds time_to_explain(std::chrono::milliseconds timeout);

  /// Returns when every process has called it as often as this one. PeerError where one is lost.
  void wait_for_all();

  /// Why processes did not answer (`symptom` says how that showed), naming those that are lost; the others
  /// are told, and say the same.
  std::string explain(const std::string& symptom);

  /// Tells the others, if nobody told them of something before.
  void publish(const std::string& reason);

 private:
  struct State;
  static void beat(State& state);

  std::shared_ptr<State> state_;
};

}  // namespace vae
