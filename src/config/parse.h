// JSON text to config structs and back. A config struct is anything with a table `fields(Tag<T>)`.
//
// The bodies are in config/bind.h. One .cpp includes it for each root struct and instantiates what is used:
//   template TrainConfig vae::parse<TrainConfig>(const std::string&, const std::string&,
//                                                std::span<const std::string>);
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Binds JSON text (// and /* */ comments allowed) to a T; absent keys keep their defaults. `overrides` are
/// of the form "training.epochs=5" or "model.hidden.0=64", applied in order; the value is JSON where it
/// parses as JSON, else a string. Every mistake is a UsageError that names the source and line, or the
/// override, the path of the key, and what is allowed there.
template <class T>
T parse(const std::string& text, const std::string& source_name, std::span<const std::string> overrides = {});

/// The same for a file. UsageError also where it can't be read or is larger than 1 MiB.
template <class T>
T parse_file(const std::filesystem::path& path, std::span<const std::string> overrides = {});

/// Every key of a config in table order as JSON indented by two spaces; parse(dump(x)) == x.
template <class T>
std::string dump(const T& config);

/// The JSON Schema (draft 2020-12) of what parse<T> accepts: types, descriptions, defaults and ranges.
template <class T>
std::string schema(std::string_view title);

/// The paths of the values in which two configs differ, such as "training.epochs"; for a OneOf whose types
/// differ and for a vector whose lengths differ its own path.
template <class T>
std::vector<std::string> differences(const T& a, const T& b);

}  // namespace vae
