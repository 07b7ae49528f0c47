#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace vae {
namespace {

constexpr size_t kWidth = 100, kColumn = 26;

/// Words of a text in lines no longer than the width, all but the first indented.
std::string wrapped(const std::string& text, size_t indent) {
  std::string result;
  size_t length = indent;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool is_first = length == indent;
    if (!is_first && length + 1 + word.size() > kWidth) {
      result += '\n' + std::string(indent, ' ') + word;
      length = indent + word.size();
    } else {
      result += (is_first ? "" : " ") + word;
      length += word.size() + (is_first ? 0 : 1);
    }
  }
  return result;
}

std::string entry(const std::string& heading, const std::string& text) {
  const std::string left = "  " + heading;
  const bool fits = left.size() + 2 <= kColumn;
  return fmt::format("{}{}{}\n", left,
                     fits ? std::string(kColumn - left.size(), ' ') : '\n' + std::string(kColumn, ' '),
                     wrapped(text, kColumn));
}

std::string usage(const CommandRow& command) {
  std::string text = "Usage: " + command.path;
  if (!command.commands.empty()) return text + " COMMAND [OPTIONS]\n";
  for (const OptionRow& option : command.all_options()) {
    if (option.names.empty()) text += option.required ? " " + option.value : " [" + option.value + "]";
  }
  return text + " [OPTIONS]\n";
}

/// Each paragraph for itself.
std::string paragraphs(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += '\n' + wrapped(line, 0) + '\n';
  return result;
}

}  // namespace

std::vector<std::string> groups_of(const std::vector<CommandRow>& commands) {
  std::vector<std::string> groups;
  for (const CommandRow& command : commands) {
    if (std::ranges::find(groups, command.group) == groups.end()) groups.push_back(command.group);
  }
  return groups;
}

std::string help_text(const CommandRow& command) {
  std::string text = wrapped(command.summary, 0) + "\n\n" + usage(command);
  for (const std::string& group : groups_of(command.commands)) {
    text += fmt::format("\n{}:\n", group);
    for (const CommandRow& part : command.commands) {
      if (part.group == group) text += entry(part.name, part.summary);
    }
  }
  for (const OptionGroup& group : command.options) {
    text += fmt::format("\n{}:\n", group.title);
    for (const OptionRow& option : group.options) text += entry(option.heading(), option.description());
  }
  return text + paragraphs(command.details);
}

std::string HelpFormatter::make_help(const CLI::App* command, std::string, CLI::AppFormatMode) const {
  return help_text(describe(*command));
}

}  // namespace vae
