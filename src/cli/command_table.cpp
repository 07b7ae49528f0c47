#include "cli/command_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "cli/usage_error.h"

namespace vae {
namespace {

/// What CLI11 calls the types of values that were given no name, and how it describes checks, in our words.
constexpr std::array kPlaceholders = {std::pair{"INT", "N"}, std::pair{"UINT", "N"}, std::pair{"FLOAT", "X"},
                                      std::pair{"TEXT", "TEXT"}, std::pair{"", "NAME"}};
constexpr std::array kChecks = {std::pair{"NONNEGATIVE", "0 or more"}, std::pair{"POSITIVE", "above 0"}};

template <class Pairs>
std::string translated(const Pairs& pairs, const std::string& word) {
  const auto found = std::ranges::find(pairs, word, [](const auto& pair) { return std::string(pair.first); });
  return found == pairs.end() ? word : found->second;
}

/// "INT in [1 - 100]" as "1 to 100".
std::string range_of(const std::string& check) {
  const size_t begin = check.find('['), middle = check.find(" - "), end = check.find(']');
  if (begin == std::string::npos || middle == std::string::npos || end == std::string::npos) {
    return translated(kChecks, check);
  }
  return fmt::format("{} to {}", check.substr(begin + 1, middle - begin - 1),
                     check.substr(middle + 3, end - middle - 3));
}

/// "PATH:{a,b}" is the type's name and what each check says of itself.
void describe_value(OptionRow& row, const std::string& type) {
  const std::vector<std::string> parts = CLI::detail::split(type, ':');
  row.value = parts.empty() ? "" : parts.front();
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string& check = parts[i];
    if (check.starts_with('{')) {
      row.choices = CLI::detail::split(check.substr(1, check.size() - 2), ',');
    } else {
      row.range = range_of(check);
    }
  }
  row.value = translated(kPlaceholders, row.value);
}

OptionRow describe_option(const CLI::Option& option) {
  OptionRow row;
  for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) row.names.push_back("--" + name);
  row.meaning = option.get_description();
  row.required = option.get_required();
  if (option.get_expected_max() > 0) {  // no flag
    describe_value(row, option.get_type_name());
    row.default_value = option.get_default_str();
    row.repeats = option.get_expected_max() > 1;
  }
  for (const CLI::Option* other : option.get_excludes()) row.excludes.push_back(other->get_name());
  std::ranges::sort(row.excludes);
  return row;
}

/// A group of options that must be given in some number says so in its description.
std::vector<OptionGroup> describe_options(const CLI::App& command) {
  OptionGroup own = {.title = "Options", .options = {}};
  for (const CLI::Option* option : command.get_options()) own.options.push_back(describe_option(*option));
  std::vector<OptionGroup> groups = {std::move(own)};
  for (const CLI::App* part : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (!part->get_name().empty()) continue;
    groups.push_back(
        {fmt::format("{}, {}", part->get_group(), CLI::detail::to_lower(part->get_description())), {}});
    for (const CLI::Option* option : part->get_options()) {
      if (option == part->get_help_ptr()) continue;  // the command's own, once more
      groups.back().options.push_back(describe_option(*option));
    }
  }
  return groups;
}

}  // namespace

std::string OptionRow::heading() const {
  const std::string shown = value.empty() || !repeats ? value : value + " ...";
  if (names.empty()) return shown;
  const std::string joined = fmt::format("{}", fmt::join(names, ", "));
  return shown.empty() ? joined : joined + " " + shown;
}

std::string OptionRow::description() const {
  std::vector<std::string> notes;
  if (required) notes.emplace_back("required");
  if (!choices.empty()) notes.push_back(fmt::format("{}", fmt::join(choices, ", ")));
  if (!range.empty()) notes.push_back(range);
  if (!default_value.empty()) notes.push_back("default " + default_value);
  if (!excludes.empty()) notes.push_back(fmt::format("not with {}", fmt::join(excludes, ", ")));
  return notes.empty() ? meaning : fmt::format("{} ({})", meaning, fmt::join(notes, "; "));
}

std::vector<OptionRow> CommandRow::all_options() const {
  std::vector<OptionRow> all;
  for (const OptionGroup& part : options) std::ranges::copy(part.options, std::back_inserter(all));
  return all;
}

CommandRow describe(const CLI::App& command) {
  CommandRow row = {.path = path_of(command),
                    .name = command.get_name(),
                    .group = command.get_group(),
                    .summary = command.get_description(),
                    .details = command.get_footer(),
                    .options = describe_options(command),
                    .commands = {}};
  for (const CLI::App* part : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (!part->get_name().empty()) row.commands.push_back(describe(*part));
  }
  return row;
}

}  // namespace vae
