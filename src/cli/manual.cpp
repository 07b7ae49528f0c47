#include "cli/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/help.h"

namespace vae {
namespace {

/// Text as roff takes it: no line begins with a control character, and - is no hyphen that may be broken.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char character : text) {
    const bool begins_line = result.empty() || result.back() == '\n';
    if (begins_line && (character == '.' || character == '\'')) result += "\\&";
    if (character == '\\') {
      result += "\\e";
    } else if (character == '-') {
      result += "\\-";
    } else {
      result += character;
    }
  }
  return result;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string options_of(const CommandRow& command) {
  std::string text;
  for (const OptionRow& option : command.all_options()) {
    text += fmt::format(".TP\n.B {}\n{}\n", escaped(option.heading()), escaped(option.description()));
  }
  return text;
}

/// A command, or instead those below it.
std::string section_of(const CommandRow& command) {
  if (!command.commands.empty()) {
    std::string text;
    for (const CommandRow& part : command.commands) text += section_of(part);
    return text;
  }
  std::string text = fmt::format(".SS {}\n{}.\n", escaped(command.path), escaped(command.summary));
  if (!command.details.empty()) text += fmt::format(".PP\n{}\n", escaped(command.details));
  return text + options_of(command);
}

constexpr std::string_view kExitStatus = R"(.SH EXIT STATUS
0 done, 2 usage or config, 3 data, 4 diverged, 5 out of memory, 6 input or output, 7 bad checkpoint,
128+n stopped by signal n after saving.
)";

}  // namespace

std::string manual_page(const CommandRow& program, const std::string& version) {
  std::string text = fmt::format(".TH VAE 1 \"\" \"vae {}\"\n.SH NAME\nvae \\- {}\n", escaped(version),
                                 escaped(program.summary));
  text += ".SH SYNOPSIS\n.B vae\n.I COMMAND\n[\n.I OPTIONS\n]\n";
  for (const std::string& group : groups_of(program.commands)) {
    text += fmt::format(".SH {}\n", escaped(upper(group)));
    for (const CommandRow& command : program.commands) {
      if (command.group == group) text += section_of(command);
    }
  }
  return text.append(kExitStatus);
}

}  // namespace vae
