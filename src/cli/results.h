// What a command says on stdout, for people or for programs.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace vae {

using Json = nlohmann::ordered_json;

/// JSON has no infinity and no NaN: null.
Json number(double value);

/// On one line, fit for a terminal; a file's name may hold any bytes, of which JSON takes only UTF-8.
std::string text_of(const Json& json);

/// Lines for people and one JSON object for programs, of which one is printed at the end.
class Results {
 public:
  /// For the lines.
  void say(std::string line) { lines_ += line + '\n'; }

  /// For the object.
  Json& operator[](const char* key) { return json_[key]; }

  /// A file that was written: a line with its path, and its path under `key`.
  void wrote(const char* key, const std::filesystem::path& path);

  void print(bool as_json) const;

 private:
  std::string lines_;
  Json json_ = Json::object();
};

}  // namespace vae
