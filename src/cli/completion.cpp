#include "cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace vae {
namespace {

/// Every command, those above before those below.
std::vector<CommandRow> all_commands(const CommandRow& command) {
  std::vector<CommandRow> all = {command};
  for (const CommandRow& part : command.commands) {
    for (const CommandRow& below : all_commands(part)) all.push_back(below);
  }
  return all;
}

/// What may come next in a command: commands below it and options.
std::string words_of(const CommandRow& command) {
  std::vector<std::string> words;
  for (const CommandRow& part : command.commands) words.push_back(part.name);
  for (const OptionRow& option : command.all_options()) {
    words.insert(words.end(), option.names.begin(), option.names.end());
    if (option.names.empty()) words.insert(words.end(), option.choices.begin(), option.choices.end());
  }
  return fmt::format("{}", fmt::join(words, " "));
}

/// Lines of a case in bash, "PATH --option") words: no words where the value is a file's name, or free.
std::string bash_values(const CommandRow& command) {
  std::string lines;
  for (const OptionRow& option : command.all_options()) {
    if (option.value.empty()) continue;
    for (const std::string& name : option.names) {
      lines +=
          fmt::format("    \"{} {}\") words=\"{}\" ;;\n", command.path, name, fmt::join(option.choices, " "));
    }
  }
  return lines;
}

constexpr std::string_view kBashHead = R"(_vae() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path="vae" words="" word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
)";

/// Within single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char character : text)
    result += character == '\'' ? std::string("'\\''") : std::string(1, character);
  return result + "'";
}

/// In the descriptions of zsh's _arguments brackets and colons mean something.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char character : text) {
    if (character == '[' || character == ']' || character == ':') result += '\\';
    result += character;
  }
  return result;
}

std::string zsh_value(const OptionRow& option) {
  if (option.value.empty()) return "";
  const std::string what =
      option.choices.empty() ? "_files" : fmt::format("({})", fmt::join(option.choices, " "));
  return fmt::format(":{}:{}", zsh_text(option.value), what);
}

/// Arguments of _arguments, one a line.
std::string zsh_options(const CommandRow& command) {
  std::string lines;
  for (const OptionRow& option : command.all_options()) {
    if (option.names.empty()) lines += fmt::format(" \\\n        {}", quoted("1" + zsh_value(option)));
    for (const std::string& name : option.names) {
      const std::string repeats = option.repeats ? "*" : "";
      lines += fmt::format(" \\\n        {}",
                           quoted(fmt::format("{}{}[{}]{}", repeats, name, zsh_text(option.description()),
                                              zsh_value(option))));
    }
  }
  return lines;
}

std::string function_name(const CommandRow& command) {
  std::string name = "_" + command.path;
  for (char& character : name) {
    if (character == ' ') character = '_';
  }
  return name;
}

std::string zsh_function(const CommandRow& command) {
  if (command.commands.empty()) {
    return fmt::format("{}() {{\n    _arguments{}\n}}\n\n", function_name(command), zsh_options(command));
  }
  std::string names, cases;
  for (const CommandRow& part : command.commands) {
    names += "\n        " + quoted(zsh_text(part.name) + ":" + part.summary);
    cases += fmt::format("            {}) {} ;;\n", part.name, function_name(part));
  }
  return fmt::format(R"({}() {{
    local context state state_descr line
    typeset -A opt_args
    local -a commands=({}
    )
    _arguments -C{} \
        '1: :->command' '*:: :->rest'
    case $state in
        command) _describe command commands ;;
        rest) case $line[1] in
{}        esac ;;
    esac
}}

)",
                     function_name(command), names, zsh_options(command), cases);
}

/// Where in the command line a command's own words are completed.
std::string fish_condition(const CommandRow& command, const std::vector<std::string>& path) {
  std::vector<std::string> conditions;
  for (const std::string& word : path) conditions.push_back("__fish_seen_subcommand_from " + word);
  std::vector<std::string> below;
  for (const CommandRow& part : command.commands) below.push_back(part.name);
  if (!below.empty())
    conditions.push_back(fmt::format("not __fish_seen_subcommand_from {}", fmt::join(below, " ")));
  return fmt::format("{}", fmt::join(conditions, "; and "));
}

std::string fish_lines(const CommandRow& command, const std::vector<std::string>& path) {
  const std::string head = fmt::format("complete -c vae -n {}", quoted(fish_condition(command, path)));
  std::string lines;
  for (const CommandRow& part : command.commands) {
    lines += fmt::format("{} -f -a {} -d {}\n", head, part.name, quoted(part.summary));
  }
  for (const OptionRow& option : command.all_options()) {
    std::string line = head;
    for (const std::string& name : option.names) {
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.value.empty() && !option.names.empty()) line += " -r";
    if (!option.choices.empty())
      line += fmt::format(" -f -a {}", quoted(fmt::format("{}", fmt::join(option.choices, " "))));
    lines += fmt::format("{} -d {}\n", line, quoted(option.meaning));
  }
  for (const CommandRow& part : command.commands) {
    std::vector<std::string> below = path;
    below.push_back(part.name);
    lines += fish_lines(part, below);
  }
  return lines;
}

}  // namespace

std::string bash_completion(const CommandRow& program) {
  const std::vector<CommandRow> commands = all_commands(program);
  std::string script(kBashHead);
  for (const CommandRow& command : commands) {
    if (command.path != program.path)
      script += fmt::format("      \"{}\") path=\"{}\" ;;\n", command.path, command.path);
  }
  script += "    esac\n  done\n  case \"$path $previous\" in\n";
  for (const CommandRow& command : commands) script += bash_values(command);
  script += "    *) case \"$path\" in\n";
  for (const CommandRow& command : commands) {
    script += fmt::format("      \"{}\") words=\"{}\" ;;\n", command.path, words_of(command));
  }
  script += R"(    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _vae vae
)";
  return script;
}

std::string zsh_completion(const CommandRow& program) {
  std::string script = "#compdef vae\n\n";
  for (const CommandRow& command : all_commands(program)) script += zsh_function(command);
  return script + "if [ \"$funcstack[1]\" = _vae ]; then _vae \"$@\"; else compdef _vae vae; fi\n";
}

std::string fish_completion(const CommandRow& program) { return fish_lines(program, {}); }

}  // namespace vae
