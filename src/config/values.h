// One JSON value to one C++ value, checked; and back.
#pragma once

#include "config/fields.h"
#include "config/node.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace vae::detail {

// Each throws UsageError with the origin of the node and `path` where the value is not of the type.
bool read_boolean(const Node& node, const std::string& path);
int64_t read_int64(const Node& node, const std::string& path);  // also 1e3 and 2.0, which are integers
uint64_t read_uint64(const Node& node, const std::string& path);
double read_double(const Node& node, const std::string& path);
std::string read_string(const Node& node, const std::string& path);
/// A path made absolute. Not empty, without NUL.
std::filesystem::path read_path(const Node& node, const std::string& path);
/// The position of a string in `names`; `what` says what is named, such as "type".
size_t read_name(const Node& node, const std::string& path, std::span<const std::string_view> names,
                 std::string_view what);

/// Where the type of a OneOf is written: its member "type", or the node itself if it is a bare string.
const Node& type_of(const Node& node, const std::string& path, std::span<const std::string_view> types);

/// `path` from the root, without "." components; ".." stays, as it may follow a symbolic link.
std::filesystem::path absolute_path(const std::filesystem::path& path);

void require_object(const Node& node, const std::string& path);
void require_array(const Node& node, const std::string& path);
void require_size(const Node& array, const std::string& path, size_t size);
void require_known_keys(const Node& node, const std::string& path, std::span<const std::string_view> known);
void require_inside(const Node& node, const std::string& path, const Interval& interval, double value);
void require_among(const Node& node, const std::string& path, std::span<const std::string_view> allowed);

Node write_number(int64_t value);
Node write_number(uint64_t value);
Node write_number(double value);  // the shortest text that reads back as the same double

}  // namespace vae::detail
