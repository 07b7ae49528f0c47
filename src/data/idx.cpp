#include "data/idx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <regex>

#include "core/deflate.h"
#include "core/error.h"
#include "data/require_memory.h"

namespace vae {
namespace {

constexpr uint8_t kUnsignedByte = 0x08;  // the third byte of an IDX file: the type of its values
constexpr size_t kMostDimensions = 4;

/// MNIST's own names, which only a download that is still to come explains.
std::string_view remedy_for_missing(const std::filesystem::path& path) {
  static const std::regex kMnist(R"((train|t10k)-(images-idx3|labels-idx1)-ubyte(\.gz)?)");
  return std::regex_match(path.filename().string(), kMnist)
             ? "check the path, or fetch MNIST with scripts/download_mnist"
             : "check the path";
}

/// A file read from its beginning, gunzipped where its content is gzip.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
      throw DataError("{}: no such file; {}", name_, remedy_for_missing(path));
    stored_ = std::filesystem::file_size(path);
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) throw IoError("{}: can't be opened for reading; check its permissions", name_);
  }

  const std::string& name() const { return name_; }
  bool is_plain() const { return gzdirect(file_.get()) != 0; }

  /// No more bytes than this can come out of the file.
  uint64_t capacity() const { return is_plain() ? stored_ : stored_ * kDeflateMostRatio; }

  /// Fewer than asked for only where the file ends. DataError where the compressed data are damaged.
  size_t read(std::span<uint8_t> bytes) {
    constexpr size_t kMost = size_t{1} << 30;  // zlib counts in int
    size_t done = 0;
    while (done < bytes.size()) {
      const size_t wanted = std::min(bytes.size() - done, kMost);
      const int got = gzread(file_.get(), bytes.data() + done, static_cast<unsigned>(wanted));
      if (got < 0) fail();
      done += static_cast<size_t>(got);
      if (static_cast<size_t>(got) < wanted) break;
    }
    return done;
  }

  /// Called after the last byte: DataError where there are more, or the checksum is wrong or missing.
  void expect_end(uint64_t expected) {
    std::array<uint8_t, 1> more;
    if (read(more) != 0) {
      throw DataError("{}: its header announces {} bytes, found {}; the file was changed, replace it", name_,
                      expected, is_plain() ? fmt::to_string(stored_) : "more");
    }
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (status != Z_OK) fail();
  }

 private:
  [[noreturn]] void fail() const {
    int status = Z_OK;
    const char* reason = gzerror(file_.get(), &status);
    if (status == Z_ERRNO) throw IoError("{}: reading failed ({})", name_, reason);
    throw DataError("{}: the gzip data are damaged ({}); download the file again", name_, reason);
  }

  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::string name_;
  uint64_t stored_ = 0;
  std::unique_ptr<gzFile_s, Close> file_;
};

/// An array of unsigned bytes, the last dimension fastest.
struct IdxArray {
  std::vector<int64_t> dimensions;
  std::vector<uint8_t> values;
};

[[noreturn]] void throw_too_short(const InputFile& file, uint64_t expected, uint64_t found) {
  throw DataError("{}: its header announces {} bytes, found {}{}; the file is cut off, download it again",
                  file.name(), expected, found == file.capacity() && !file.is_plain() ? "at most " : "",
                  found);
}

/// The sizes that the header gives. An IDX file begins with two zeros, the type of the values and the number
/// of dimensions, each one byte; then each size as four bytes, the highest first.
std::vector<int64_t> read_header(InputFile& file) {
  std::array<uint8_t, 4> magic{};
  const size_t got = file.read(magic);
  if (got < magic.size() || magic[0] != 0 || magic[1] != 0) {
    throw DataError(
        "{}: is no IDX file: begins with [{:02x}], expected 00 00 08 and the number of dimensions",
        file.name(), fmt::join(std::span(magic).first(got), " "));
  }
  if (magic[2] != kUnsignedByte) {
    throw DataError("{}: holds values of IDX type {:#04x}, expected unsigned bytes ({:#04x})", file.name(),
                    magic[2], kUnsignedByte);
  }
  if (magic[3] == 0 || magic[3] > kMostDimensions) {
    throw DataError("{}: has {} dimensions, expected 1 (labels), 3 or 4 (pictures)", file.name(), magic[3]);
  }
  std::vector<int64_t> dimensions(magic[3]);
  for (int64_t& dimension : dimensions) {
    std::array<uint8_t, 4> bytes{};
    if (file.read(bytes) < bytes.size())
      throw DataError("{}: ends within its header; download it again", file.name());
    for (const uint8_t byte : bytes) dimension = dimension << 8 | byte;
  }
  return dimensions;
}

/// The product, or nothing where it is no int64_t.
std::optional<int64_t> product(std::span<const int64_t> factors) {
  int64_t result = 1;
  for (const int64_t factor : factors) {
    if (__builtin_mul_overflow(result, factor, &result)) return std::nullopt;
  }
  return result;
}

IdxArray read_idx(const std::filesystem::path& path) {
  InputFile file(path);
  IdxArray array{.dimensions = read_header(file), .values = {}};
  const std::optional<int64_t> count = product(array.dimensions);
  if (!count) throw DataError("{}: impossible sizes {}", file.name(), fmt::join(array.dimensions, " x "));
  const uint64_t header = 4 + 4 * array.dimensions.size();
  const uint64_t expected = header + static_cast<uint64_t>(*count);
  if (expected > file.capacity()) throw_too_short(file, expected, file.capacity());
  require_memory(expected, file.name());
  array.values.resize(static_cast<size_t>(*count));
  const size_t got = file.read(array.values);
  if (got < array.values.size()) throw_too_short(file, expected, header + got);
  file.expect_end(expected);
  return array;
}

PictureShape picture_shape(const IdxArray& pictures, const std::string& name) {
  const std::vector<int64_t>& sizes = pictures.dimensions;
  if (sizes.size() < 3) {
    throw DataError(
        "{}: has {} dimension{}, expected [count, height, width] or [count, height, width, channels]", name,
        sizes.size(), sizes.size() == 1 ? " (labels?)" : "s");
  }
  const PictureShape shape{
      .channels = sizes.size() == 4 ? sizes[3] : 1, .height = sizes[1], .width = sizes[2]};
  if (shape.channels != 1 && shape.channels != 3) {
    throw DataError("{}: pictures of {} channels, expected 1 or 3", name, shape.channels);
  }
  if (pictures.values.empty())
    throw DataError("{}: holds no pictures (sizes {})", name, fmt::join(sizes, " x "));
  return shape;
}

std::vector<uint8_t> read_labels(const std::filesystem::path& path, int64_t pictures) {
  IdxArray labels = read_idx(path);
  if (labels.dimensions.size() != 1) {
    throw DataError("{}: has {} dimensions, expected the 1 of labels", path.string(),
                    labels.dimensions.size());
  }
  if (labels.dimensions[0] != pictures) {
    throw DataError("{}: holds {} labels, expected one for each of the {} pictures", path.string(),
                    labels.dimensions[0], pictures);
  }
  return std::move(labels.values);
}

std::vector<std::string> class_names(std::span<const uint8_t> labels) {
  std::vector<std::string> names;
  for (int label = 0; label <= *std::max_element(labels.begin(), labels.end()); ++label) {
    names.push_back(fmt::to_string(label));
  }
  return names;
}

}  // namespace

IdxDataset::IdxDataset(const IdxConfig& config) {
  IdxArray pictures = read_idx(config.images);
  shape_ = picture_shape(pictures, config.images.string());
  size_ = pictures.dimensions[0];
  pixels_ = std::move(pictures.values);
  if (!config.labels) return;
  labels_ = read_labels(*config.labels, size_);
  classes_ = class_names(labels_);
}

void IdxDataset::get(int64_t index, std::span<uint8_t> pixels) const {
  const std::span<const uint8_t> all(pixels_);
  const auto picture = all.subspan(static_cast<size_t>(index * shape_.elements()), pixels.size());
  std::copy(picture.begin(), picture.end(), pixels.begin());
}

int64_t IdxDataset::label(int64_t index) const {
  return labels_.empty() ? kNoLabel : labels_[static_cast<size_t>(index)];
}

}  // namespace vae
