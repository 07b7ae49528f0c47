#include "core/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <numeric>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/file.h"

namespace vae {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\x93NUMPY"sv;
constexpr size_t kAlignment = 64;           // of the first element
constexpr size_t kLongestHeader = 1 << 12;  // a shape of a few numbers takes a hundred bytes
constexpr uint64_t kMostElements = uint64_t{1} << 48;

struct ElementType {
  std::string_view name;
  torch::ScalarType type;
};

constexpr std::array kTypes = {ElementType{"<f2", torch::kHalf},   ElementType{"<f4", torch::kFloat},
                               ElementType{"<f8", torch::kDouble}, ElementType{"|u1", torch::kUInt8},
                               ElementType{"<i4", torch::kInt},    ElementType{"<i8", torch::kLong}};

/// What the file says of its elements.
struct Header {
  torch::ScalarType type = torch::kFloat;
  bool fortran_order = false;
  std::vector<int64_t> shape;
  size_t size = 0;  // bytes up to the first element
};

std::string_view name_of(torch::ScalarType type) {
  const auto found = std::ranges::find(kTypes, type, &ElementType::type);
  if (found == kTypes.end()) throw UsageError("a .npy file can't hold elements of type {}", toString(type));
  return found->name;
}

// One number has a comma behind it, as a Python tuple has.
std::string shape_text(torch::IntArrayRef shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

std::string header_of(const Tensor& tensor) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                 name_of(tensor.scalar_type()), shape_text(tensor.sizes()));
  const size_t before = kMagic.size() + 4;  // two bytes of version, two of length
  const size_t total = (before + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  text.resize(total - before - 1, ' ');
  text += '\n';
  std::string result(kMagic);
  result += {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return result + text;
}

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what) {
  throw DataError("{}: {}; expected a .npy file as numpy.save writes it", path.string(), what);
}

std::vector<int64_t> parse_shape(const std::filesystem::path& path, const std::string& text) {
  static const std::regex kNumber("[0-9]+");
  std::vector<int64_t> shape;
  for (std::sregex_iterator match(text.begin(), text.end(), kNumber), end; match != end; ++match) {
    const std::string digits = match->str();
    int64_t size = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (error != std::errc()) refuse(path, fmt::format("a dimension of {}", digits));
    shape.push_back(size);
  }
  return shape;
}

Header read_header(const std::filesystem::path& path, std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + 6) refuse(path, "no NumPy array");
  const auto byte = [&](size_t place) {
    return static_cast<size_t>(static_cast<unsigned char>(bytes[place]));
  };
  const size_t version = byte(6);
  if (version < 1 || version > 3) refuse(path, fmt::format("version {} of the format", version));
  // From version 2 on the length has four bytes; what the upper two may count is longer than any header here.
  const size_t begin = version == 1 ? 10 : 12;
  size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > kLongestHeader || bytes.size() - begin < length) {
    refuse(path, "its header is cut off or too long");
  }

  static const std::regex kForm(
      R"(\{'descr': *'([^']*)', *'fortran_order': *(True|False), *'shape': *\(([0-9, ]*)\),? *\}\s*)");
  const std::string text(bytes.substr(begin, length));
  std::smatch part;
  if (!std::regex_match(text, part, kForm)) refuse(path, "its header is not that of a plain array");
  const auto type = std::ranges::find(kTypes, part.str(1), &ElementType::name);
  if (type == kTypes.end()) {
    throw DataError(
        "{}: elements of type '{}'; save it as float32, numpy.save(file, array.astype('float32'))",
        path.string(), part.str(1));
  }
  return {.type = type->type,
          .fortran_order = part.str(2) == "True",
          .shape = parse_shape(path, part.str(3)),
          .size = begin + length};
}

uint64_t elements_of(const std::filesystem::path& path, const std::vector<int64_t>& shape) {
  uint64_t count = 1;
  for (const int64_t size : shape) {
    if (size > 0 && count > kMostElements / static_cast<uint64_t>(size)) {
      refuse(path, fmt::format("a shape of {}", shape_text(shape)));
    }
    count *= static_cast<uint64_t>(size);
  }
  return count;
}

}  // namespace

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  const Tensor values = tensor.detach().cpu().contiguous();
  const std::string header = header_of(values);
  const std::array parts = {
      std::as_bytes(std::span(header)),
      std::span(static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes())};
  write_file_atomically(path, parts);
}

Tensor read_npy(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  const Header header = read_header(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const uint64_t size = elements_of(path, header.shape) * c10::elementSize(header.type);
  if (bytes.size() - header.size != size) {
    refuse(path, fmt::format("{} bytes of elements where its shape {} asks for {}",
                             bytes.size() - header.size, shape_text(header.shape), size));
  }
  std::vector<int64_t> shape = header.shape;
  if (header.fortran_order) std::ranges::reverse(shape);
  Tensor result = torch::empty(shape, header.type);
  if (size > 0) std::memcpy(result.data_ptr(), bytes.data() + header.size, size);
  if (!header.fortran_order) return result;
  std::vector<int64_t> reversed(shape.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return result.permute(reversed).contiguous();
}

}  // namespace vae
