#include <fmt/format.h>

#include <map>
#include <string>

#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/manual.h"

namespace vae {
namespace {

const std::map<std::string, std::string (*)(const CommandRow&)> kShells = {
    {"bash", bash_completion}, {"fish", fish_completion}, {"zsh", zsh_completion}};

}  // namespace

void add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print a script by which a shell completes command lines");
  command->footer(
      "bash: source <(vae completion bash)\n"
      "zsh: source <(vae completion zsh), after compinit\n"
      "fish: vae completion fish | source");
  command->add_option("shell", *shell, "For which shell")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember(kShells));
  command->final_callback([&app, shell] { fmt::print("{}", kShells.at(*shell)(describe(app))); });
}

void add_manual(CLI::App& app) {
  auto* command = app.add_subcommand("manual", "Print the manual page, for man");
  command->footer("To read it: vae manual | man -l -");
  command->final_callback([&app] { fmt::print("{}", manual_page(describe(app), VAE_VERSION)); });
}

}  // namespace vae
