#include "cli/usage_error.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <vector>

#include "config/suggest.h"

namespace vae {
namespace {

// The innermost command that was named.
const CLI::App& active(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : active(*named.front());
}

std::vector<std::string> known_words(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* part : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (!part->get_name().empty()) {
      words.push_back(part->get_name());
      continue;
    }
    for (const std::string& word : known_words(*part)) words.push_back(word);  // a group of options
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

}  // namespace

std::string path_of(const CLI::App& command) {
  return command.get_parent() ? path_of(*command.get_parent()) + " " + command.get_name()
                              : command.get_name();
}

std::string explain(const CLI::ParseError& error, const CLI::App& app) {
  const CLI::App& command = active(app);
  const std::string help = fmt::format("see {} --help", path_of(command));
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty() || dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
    if (extras.empty()) return fmt::format("{}; {}", error.what(), help);
  }
  const std::vector<std::string> words = known_words(command);
  const std::vector<std::string_view> views(words.begin(), words.end());
  const std::optional<std::string_view> near = detail::nearest(extras.front(), views);
  if (near) return fmt::format("unexpected argument \"{}\"; did you mean \"{}\"?", extras.front(), *near);
  return fmt::format("unexpected argument \"{}\"; {}", extras.front(), help);
}

}  // namespace vae
