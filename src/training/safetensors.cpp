#include "training/safetensors.h"

#include <ATen/ops/empty.h>
#include <c10/core/ScalarType.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace vae {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

using Json = nlohmann::json;
using Bytes = std::span<const std::byte>;

constexpr uint64_t kMaxHeaderSize = 100'000'000;  // the limit of the reference implementation
constexpr size_t kAlignment = 8;
constexpr int kMaxDepth = 2;           // of the JSON: header, tensor, shape
constexpr size_t kMaxDimensions = 64;  // of LibTorch's TensorIterator

constexpr std::string_view kMetadataKey = "__metadata__";
constexpr std::string_view kDigestKey = "digest";
constexpr std::string_view kBeforeDigestValue = R"({"__metadata__":{"digest)";
constexpr std::string_view kDigestValue = R"(":"xxh3-128:)";
constexpr size_t kDigestOffset = kBeforeDigestValue.size() + kDigestValue.size();
constexpr std::string_view kNoDigest = "00000000000000000000000000000000";
constexpr size_t kDigestEnd = kDigestOffset + kNoDigest.size();

struct Dtype {
  std::string_view name;
  at::ScalarType type;
};

constexpr std::array kDtypes = {
    Dtype{"F64", at::kDouble},    Dtype{"F32", at::kFloat}, Dtype{"F16", at::kHalf},
    Dtype{"BF16", at::kBFloat16}, Dtype{"I64", at::kLong},  Dtype{"I32", at::kInt},
    Dtype{"I16", at::kShort},     Dtype{"I8", at::kChar},   Dtype{"U8", at::kByte},
    Dtype{"BOOL", at::kBool},
};

/// A tensor as the header describes it; its bytes are [begin, end) of the data.
struct Entry {
  std::string name;
  Dtype dtype;
  std::vector<int64_t> shape;
  int64_t begin = 0;
  int64_t end = 0;
};

/// What is wrong with a file or with the content meant for it; whoever knows the file adds its name.
class Damage : public std::runtime_error {
 public:
  template <typename... Args>
  explicit Damage(fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

std::string json_text(const Json& value) { return value.dump(-1, ' ', /*ensure_ascii=*/true); }

/// For a message: one line of bounded length, whatever a file has in it.
std::string shown(const Json& value) {
  constexpr size_t kLimit = 100;
  const std::string text = json_text(value);
  return text.size() <= kLimit ? text : text.substr(0, kLimit) + "...";
}

int64_t element_size(Dtype dtype) { return static_cast<int64_t>(c10::elementSize(dtype.type)); }

/// Of the file with this header and data, whatever digest the header has now.
std::string digest_of(std::string_view header, std::span<const Bytes> data) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  const auto add = [&state](const void* bytes, size_t size) { XXH3_128bits_update(&state, bytes, size); };

  const uint64_t length = header.size();
  const std::string_view rest = header.substr(kDigestEnd);
  add(&length, sizeof(length));
  add(header.data(), kDigestOffset);
  add(kNoDigest.data(), kNoDigest.size());
  add(rest.data(), rest.size());
  for (const Bytes part : data) add(part.data(), part.size());

  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// ---- Writing

Dtype dtype_of(const Tensor& tensor, const std::string& name) {
  const auto* found = std::ranges::find(kDtypes, tensor.scalar_type(), &Dtype::type);
  if (found == kDtypes.end()) {
    throw Damage("tensor {} is of type {}", shown(name), toString(tensor.scalar_type()));
  }
  return *found;
}

/// The tensors one after the other, the larger types first: so each is aligned to its own type.
std::vector<Entry> lay_out(const std::map<std::string, Tensor>& tensors) {
  std::vector<Entry> entries;
  for (const auto& [name, tensor] : tensors) {
    if (name == kMetadataKey) throw Damage("a tensor can't have the name {}", shown(name));
    if (!tensor.defined()) throw Damage("tensor {} is undefined", shown(name));
    entries.push_back({name, dtype_of(tensor, name), tensor.sizes().vec()});
  }
  std::ranges::stable_sort(entries, std::greater{},
                           [](const Entry& entry) { return element_size(entry.dtype); });
  int64_t position = 0;
  for (Entry& entry : entries) {
    entry.begin = position;
    position += tensors.at(entry.name).numel() * element_size(entry.dtype);
    entry.end = position;
  }
  return entries;
}

std::string header_of(const std::vector<Entry>& entries, const std::map<std::string, std::string>& metadata) {
  std::string header = fmt::format(R"({}{}{}")", kBeforeDigestValue, kDigestValue, kNoDigest);
  for (const auto& [key, value] : metadata) {
    if (key == kDigestKey) throw Damage("the metadata key {} is reserved", shown(key));
    header += fmt::format(",{}:{}", json_text(key), json_text(value));
  }
  header += "}";
  for (const Entry& entry : entries) {
    header +=
        fmt::format(R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", json_text(entry.name),
                    entry.dtype.name, fmt::join(entry.shape, ","), entry.begin, entry.end);
  }
  header += "}";
  header.resize((header.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  if (header.size() > kMaxHeaderSize) throw Damage("the names and metadata exceed {} bytes", kMaxHeaderSize);
  return header;
}

std::vector<Tensor> contiguous_on_cpu(const std::vector<Entry>& entries,
                                      const std::map<std::string, Tensor>& tensors) {
  std::vector<Tensor> contiguous;
  for (const Entry& entry : entries) {
    contiguous.push_back(tensors.at(entry.name).detach().to(at::kCPU).contiguous());
  }
  return contiguous;
}

void write(const std::filesystem::path& path, const Safetensors& content) {
  const std::vector<Entry> entries = lay_out(content.tensors);
  const std::vector<Tensor> tensors = contiguous_on_cpu(entries, content.tensors);
  std::string header = header_of(entries, content.metadata);
  const uint64_t length = header.size();

  std::vector<Bytes> parts = {std::as_bytes(std::span(&length, 1)), std::as_bytes(std::span(header))};
  const size_t header_parts = parts.size();
  for (const Tensor& tensor : tensors) {
    parts.emplace_back(static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes());
  }
  header.replace(kDigestOffset, kNoDigest.size(), digest_of(header, std::span(parts).subspan(header_parts)));
  write_file_atomically(path, parts);
}

// ---- Reading

/// The header's bytes, padding included.
std::string_view header_text(Bytes file) {
  uint64_t length = 0;
  if (file.size() < sizeof(length)) throw Damage("{} bytes hold no header", file.size());
  std::memcpy(&length, file.data(), sizeof(length));
  const size_t available = file.size() - sizeof(length);
  if (length > kMaxHeaderSize) {
    throw Damage("a header of {} bytes exceeds the limit of {}", length, kMaxHeaderSize);
  }
  if (length > available) throw Damage("the header should have {} bytes, {} are left", length, available);
  return {reinterpret_cast<const char*>(file.data()) + sizeof(length), length};
}

/// JSON of bounded depth in which no object has a key twice. The parser takes a byte order mark, and a zero
/// byte as the end: neither is allowed here.
Json parse_header(std::string_view text) {
  const std::string_view json = text.substr(0, text.find_last_not_of(' ') + 1);
  if (!json.starts_with('{')) throw Damage("the header does not start with '{{'");
  if (const size_t zero = json.find('\0'); zero != json.npos) {
    throw Damage("byte {} of the header is zero", zero);
  }

  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&keys](int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth > kMaxDepth) throw Damage("the header is nested more than {} deep", kMaxDepth + 1);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key && !keys.back().insert(value.get<std::string>()).second) {
      throw Damage("the header has the key {} twice", shown(value));
    }
    return true;
  };
  try {
    return Json::parse(json, check);
  } catch (const Json::parse_error& error) {
    throw Damage("the header is not JSON at byte {}", error.byte);
  } catch (const Json::out_of_range&) {
    throw Damage("the header has a number beyond all floating-point ones");
  }
}

std::map<std::string, std::string> parse_metadata(const Json& object) {
  if (!object.is_object()) throw Damage("the metadata is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) throw Damage("metadata {} is not a text", shown(key));
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

/// Refuses a file whose digest is not its own. A damaged byte may hide the key "digest" but then not its
/// value.
void check_digest(bool has_key, std::string_view header, Bytes data) {
  const bool has_room = header.size() >= kDigestEnd;
  const bool has_value = has_room && header.substr(kBeforeDigestValue.size()).starts_with(kDigestValue);
  if (!has_key && !has_value) return;
  if (!has_room || header.substr(kDigestOffset, kNoDigest.size()) != digest_of(header, std::span(&data, 1))) {
    throw Damage(
        "its content does not match its metadata key {} (a program that edits a file drops this key)",
        shown(kDigestKey));
  }
}

Dtype parse_dtype(const Json& name) {
  const auto* found = std::ranges::find_if(kDtypes, [&](const Dtype& dtype) { return name == dtype.name; });
  if (found == kDtypes.end()) throw Damage("has the unknown dtype {}", shown(name));
  return *found;
}

std::vector<int64_t> parse_sizes(const Json& array, std::string_view what) {
  if (!array.is_array()) throw Damage("has a {} that is not a list", what);
  std::vector<int64_t> sizes;
  for (const Json& size : array) {
    if (!size.is_number_unsigned() || size.get<uint64_t>() > INT64_MAX) {
      throw Damage("has {} in its {}, which is not a size", shown(size), what);
    }
    sizes.push_back(size.get<int64_t>());
  }
  return sizes;
}

/// The bytes of a tensor. Zeros do not hide an overflow: LibTorch multiplies the other sizes for its strides.
int64_t byte_count(const std::vector<int64_t>& shape, Dtype dtype) {
  int64_t bytes = element_size(dtype);
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes)) {
      throw Damage("has 2^63 bytes or more");
    }
  }
  return std::ranges::count(shape, 0) > 0 ? 0 : bytes;
}

Entry parse_entry(const std::string& name, const Json& object) {
  if (!object.is_object() || object.size() != 3 || !object.contains("dtype") || !object.contains("shape") ||
      !object.contains("data_offsets")) {
    throw Damage("is not described by dtype, shape and data_offsets alone");
  }
  const Dtype dtype = parse_dtype(object["dtype"]);
  const std::vector<int64_t> shape = parse_sizes(object["shape"], "shape");
  const std::vector<int64_t> offsets = parse_sizes(object["data_offsets"], "data_offsets");
  if (shape.size() > kMaxDimensions) {
    throw Damage("has {} dimensions, at most {} are known", shape.size(), kMaxDimensions);
  }
  if (offsets.size() != 2) throw Damage("has {} data_offsets instead of 2", offsets.size());
  const int64_t bytes = byte_count(shape, dtype);
  if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes) {
    throw Damage("has data_offsets {} to {}, but {} bytes", offsets[0], offsets[1], bytes);
  }
  return {name, dtype, shape, offsets[0], offsets[1]};
}

/// Entries in the order of their data, which they cover without holes and overlap.
std::vector<Entry> parse_entries(const Json& header, size_t data_size) {
  std::vector<Entry> entries;
  for (const auto& [name, object] : header.items()) {
    if (name == kMetadataKey) continue;
    try {
      entries.push_back(parse_entry(name, object));
    } catch (const Damage& damage) {
      throw Damage("tensor {} {}", shown(name), damage.what());
    }
  }
  std::ranges::sort(entries, {}, [](const Entry& entry) { return std::pair(entry.begin, entry.end); });
  int64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != position) {
      throw Damage("tensor {} begins at byte {} of the data, expected {}", shown(entry.name), entry.begin,
                   position);
    }
    position = entry.end;
  }
  if (std::cmp_not_equal(position, data_size)) {
    throw Damage("the tensors have {} bytes, the data has {}", position, data_size);
  }
  return entries;
}

Tensor copy_tensor(const Entry& entry, Bytes data) {
  const Bytes source =
      data.subspan(static_cast<size_t>(entry.begin), static_cast<size_t>(entry.end - entry.begin));
  const auto is_bool = [](std::byte byte) { return byte <= std::byte{1}; };
  if (entry.dtype.type == at::kBool && !std::ranges::all_of(source, is_bool)) {
    throw Damage("tensor {} is of type BOOL, but has bytes other than 0 and 1", shown(entry.name));
  }
  Tensor tensor = at::empty(entry.shape, entry.dtype.type);  // LibTorch aligns to 64 bytes
  if (!source.empty()) std::memcpy(tensor.mutable_data_ptr(), source.data(), source.size());
  return tensor;
}

Safetensors parse(Bytes file) {
  const std::string_view text = header_text(file);
  const Bytes data = file.subspan(sizeof(uint64_t) + text.size());
  const Json header = parse_header(text);

  Safetensors content;
  if (const auto found = header.find(kMetadataKey); found != header.end()) {
    content.metadata = parse_metadata(*found);
  }
  const bool has_digest = content.metadata.erase(std::string(kDigestKey)) > 0;
  check_digest(has_digest, text, data);
  for (const Entry& entry : parse_entries(header, data.size())) {
    content.tensors.emplace(entry.name, copy_tensor(entry, data));
  }
  return content;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const Safetensors& content) {
  try {
    write(path, content);
  } catch (const Damage& damage) {
    throw CheckpointError("{}: can't be written as safetensors: {}", path.string(), damage.what());
  } catch (const Json::type_error&) {  // the only one while quoting text
    throw CheckpointError("{}: can't be written as safetensors: a name or metadata is not UTF-8",
                          path.string());
  }
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const std::vector<std::byte> file = read_file(path);
  try {
    return parse(file);
  } catch (const Damage& damage) {
    throw CheckpointError("{}: {}; the file is damaged or not safetensors, use another", path.string(),
                          damage.what());
  }
}

}  // namespace vae
