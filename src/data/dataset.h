// What every source of pictures looks like to the rest of the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vae {

/// Size of every picture of a data set.
struct PictureShape {
  int64_t channels = 0;
  int64_t height = 0;
  int64_t width = 0;

  int64_t elements() const { return channels * height * width; }
  bool operator==(const PictureShape&) const = default;
};

/// "28 x 28 pixels of 1 channel": height, width, channels.
std::string to_string(const PictureShape& shape);

constexpr int64_t kNoLabel = -1;

/// A finite list of pictures of one shape, with what is known about each. Reading is thread-safe.
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual int64_t size() const = 0;
  virtual PictureShape shape() const = 0;

  /// Writes picture `index` as bytes [height, width, channels] into `pixels` (shape().elements() of them).
  /// DataError where the picture can't be read.
  virtual void get(int64_t index, std::span<uint8_t> pixels) const = 0;

  /// The pixels of picture `index` where they lie ready, in memory or in a mapped file; empty where get() has
  /// to make them. One data set stores all of its pictures, or none.
  virtual std::span<const uint8_t> stored(int64_t) const { return {}; }

  /// Picture `index` will be looked at soon: where it lies in a mapped file, the system begins to read it.
  virtual void expect(int64_t) const {}

  /// Class of picture `index` as a position in classes(), or kNoLabel.
  virtual int64_t label(int64_t) const { return kNoLabel; }
  virtual const std::vector<std::string>& classes() const;  // empty where nothing is labelled

  /// Names of the factors of variation that pictures were made from; empty where they are not known.
  virtual const std::vector<std::string>& factor_names() const;

  /// Their values for picture `index`, in the order of factor_names().
  virtual std::vector<double> factor_values(int64_t) const { return {}; }

  /// What a person would call picture `index`: its file, relative to the folder, or its number.
  virtual std::string name(int64_t index) const;
};

}  // namespace vae
