// Whatever the text: a config that is written and read back the same, or a UsageError. The struct has a field
// of every kind; the first line is an override.
#include "config/bind.h"

#include "core/error.h"
#include "data/folder_config.h"
#include "data/idx.h"
#include "fuzz.h"

namespace vae {

struct FuzzedConfig {
  std::string name;
  bool flag = false;
  int64_t count = 1;
  uint64_t seed = 0;
  double rate = 0.5;
  std::optional<double> maybe;
  std::vector<int64_t> numbers = {1, 2};
  std::vector<std::string> words;
  Resampling resampling = Resampling::area;
  OneOf<FolderConfig, IdxConfig> source;
  bool operator==(const FuzzedConfig&) const = default;
};

inline constexpr auto fields(Tag<FuzzedConfig>) {
  return std::tuple{field("name", &FuzzedConfig::name, ""),
                    field("flag", &FuzzedConfig::flag, ""),
                    field("count", &FuzzedConfig::count, at_least(1), ""),
                    field("seed", &FuzzedConfig::seed, ""),
                    field("rate", &FuzzedConfig::rate, open(0, 1), ""),
                    field("maybe", &FuzzedConfig::maybe, ""),
                    field("numbers", &FuzzedConfig::numbers, positive, ""),
                    field("words", &FuzzedConfig::words, ""),
                    field("resampling", &FuzzedConfig::resampling, ""),
                    required("source", &FuzzedConfig::source, "")};
}

}  // namespace vae

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const std::string text = line == std::string::npos ? input : input.substr(line + 1);
  std::vector<std::string> overrides;
  if (line != std::string::npos && line > 0) overrides.push_back(input.substr(0, line));
  try {
    const auto config = vae::parse<vae::FuzzedConfig>(text, "fuzz", overrides);
    vae::fuzz::require(vae::parse<vae::FuzzedConfig>(vae::dump(config), "dump") == config);
  } catch (const vae::UsageError&) {
  }
  return 0;
}
