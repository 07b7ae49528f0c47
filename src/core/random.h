// Named random streams: every draw is a pure function of (seed, purpose, index, position).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vae {

/// Of a batch that several processes share, the rows of the others: those before ours and those behind.
struct OtherRows {
  int64_t before = 0;
  int64_t behind = 0;
  bool operator==(const OtherRows&) const = default;
};

/// A counter-based stream of 32-bit words: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as
/// easy as 1, 2, 3"). The key comes from (seed, purpose), the upper half of the counter from `index` (a step
/// or an epoch), the lower half from the position, so that any word can be had without those before it.
class Random {
 public:
  Random(uint64_t seed, std::string_view purpose, uint64_t index = 0);

  /// The stream of the same seed and purpose for another index, from its beginning.
  Random at(uint64_t index) const;

  /// The same stream, for the one who computes the rows of a batch between these: draws that name the
  /// dimension of the rows (core/noise.h) give ours of what the whole batch would get.
  Random between(const OtherRows& others) const;
  const OtherRows& others() const { return others_; }

  /// The same stream, whose index is what `*index` is when it is drawn from: of noise that is drawn again
  /// (core/tape.h).
  Random following(const uint64_t* index) const;

  /// The same where `*index` lies in the memory of a card, whose kernels alone can draw then
  /// (core/card_noise.h).
  Random following_on_card(const uint64_t* index) const;

  /// Where the stream is, for who computes its words elsewhere. index() is a c10::Error of a stream that
  /// follows one on a card.
  uint64_t key() const { return key_; }
  uint64_t index() const;
  const uint64_t* index_on_card() const { return index_on_card_; }
  uint64_t position() const { return position_; }

  /// Steps over `words` words, as if they had been drawn.
  void skip(uint64_t words) { position_ += words; }

  /// The next words.size() words.
  void fill(std::span<uint32_t> words);

  /// Uniform on {0, ..., bound - 1}, unbiased; bound >= 1.
  uint64_t below(uint64_t bound);

  /// Uniform on [0, 1) with 53 bits.
  double uniform();

  /// A uniformly random order of 0 ... size - 1 (Fisher and Yates).
  std::vector<int64_t> permutation(int64_t size);

 private:
  uint64_t key_;
  uint64_t index_;
  const uint64_t* followed_ = nullptr;
  const uint64_t* index_on_card_ = nullptr;
  uint64_t position_ = 0;
  OtherRows others_;
};

}  // namespace vae
