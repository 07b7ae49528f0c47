// The processes that share a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "distributed/launch.h"
#include "distributed/wire_precision.h"

namespace vae {

/// A sum of everyone's numbers that is under way.
class PendingSum {
 public:
  virtual ~PendingSum() = default;

  /// Does this process's part of the sum, as soon as it has the others' numbers.
  virtual void reduce() = 0;

  /// After reduce(): the sum is there.
  virtual void finish() = 0;
};

/// What they compute together. Everyone calls the same in the same order, and waits for all. PeerError naming
/// those who are lost where one does not come. Tensors are on the processor, or each process's on a card of
/// its own where carries_cards().
class Group {
 public:
  virtual ~Group() = default;

  virtual int64_t rank() const = 0;
  virtual int64_t size() const = 0;
  bool is_alone() const { return size() == 1; }
  bool is_first() const { return rank() == 0; }

  /// Replaces a contiguous tensor by the sum of everyone's; all get the same bits.
  void sum(Tensor tensor) const;

  /// The same in the background. Everyone begins the same sums in the same order, reduces all of them in that
  /// order, and finishes them in that order; until then the tensor belongs to the sum. In bfloat16 each
  /// number is rounded before it travels, added to the others' in the tensor's own type, and their sum
  /// rounded again.
  virtual std::unique_ptr<PendingSum> begin_sum(Tensor tensor, WirePrecision precision) const = 0;

  /// Replaces a contiguous tensor by rank 0's.
  virtual void broadcast(Tensor tensor) const = 0;

  /// Sends the first to[0] rows of a contiguous tensor to rank 0, the to[1] behind them to rank 1 and so on.
  /// Gives what everyone has sent to this process, by rank: from[r] rows of rank r.
  virtual Tensor exchange_rows(const Tensor& rows, std::vector<int64_t> to,
                               std::vector<int64_t> from) const = 0;

  /// Goes on once everyone has come, however long that takes; PeerError where one of them is lost.
  virtual void wait_for_all() const = 0;

  /// Tells the others, who will then not come, why this process ends. Never throws.
  virtual void leave(const std::string& reason) const = 0;

  /// How many of the processes compute on the same cores as this one, itself included.
  virtual int64_t sharing_cores() const = 0;

  /// Which process of its machine this one is, as the launcher counts them.
  virtual int64_t local_rank() const = 0;

  /// Whether no process of a lower rank is on this one's machine.
  virtual bool is_first_here() const = 0;

  /// Rank 0's text.
  std::string broadcast_text(const std::string& text) const;

  /// Everyone's number, by rank.
  std::vector<int64_t> gather(int64_t number) const;
};

/// Whether this program can carry tensors from card to card: built with VAE_CUDA and the headers of Gloo and
/// NCCL.
bool carries_cards();

/// A process by itself.
std::shared_ptr<const Group> alone();

/// Meets the other processes at the launch's address. Where one of them does not answer for longer than
/// `timeout` while it is waited for, it counts as lost. UsageError where there can be no meeting (the address
/// is not known, the port is taken, a rank is there twice, this program was built without Gloo's headers),
/// PeerError where some don't come in that time.
std::shared_ptr<const Group> join(const Launch& launch, std::chrono::milliseconds timeout);

}  // namespace vae
