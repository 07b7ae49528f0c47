#include "cli/command_table.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "cli/help.h"

namespace vae {
namespace {

class CommandTable : public testing::Test {
 protected:
  CommandTable() {
    app_.name("vae");
    command_ = app_.add_subcommand("paint", "Paint pictures");
    command_->group("Make pictures");
  }

  OptionRow row(size_t number) const { return describe(app_).commands.at(0).all_options().at(number + 1); }

  CLI::App app_;
  CLI::App* command_;
  int64_t count_ = 3;
  double share_ = 0.5;
  std::string word_ = "red";
  bool flag_ = false;
};

TEST_F(CommandTable, GivesRangeAndDefault) {
  command_->add_option("--count", count_, "How many")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{9}));
  command_->add_option("--share", share_, "How much")->capture_default_str()->check(CLI::NonNegativeNumber);
  EXPECT_EQ(row(0).heading(), "--count N");
  EXPECT_EQ(row(0).description(), "How many (1 to 9; default 3)");
  EXPECT_EQ(row(1).heading(), "--share X");
  EXPECT_EQ(row(1).description(), "How much (0 or more; default 0.5)");
}

TEST_F(CommandTable, ListsWordsToChooseFrom) {
  command_->add_option("--colour", word_, "Of what")
      ->type_name("")
      ->capture_default_str()
      ->check(CLI::IsMember({"blue", "red"}));
  EXPECT_EQ(row(0).choices, (std::vector<std::string>{"blue", "red"}));
  EXPECT_EQ(row(0).heading(), "--colour NAME");
  EXPECT_EQ(row(0).description(), "Of what (blue, red; default red)");
}

TEST_F(CommandTable, SaysWhatIsRequiredAndWhatDoesNotGoTogether) {
  auto* file = command_->add_option("-f,--file", word_, "Where")->required()->type_name("FILE");
  command_->add_flag("--no-file", flag_, "Nowhere")->excludes(file);
  EXPECT_EQ(row(0).heading(), "-f, --file FILE");
  EXPECT_EQ(row(0).description(), "Where (required; not with --no-file)");
  EXPECT_EQ(row(1).heading(), "--no-file");
  EXPECT_EQ(row(1).description(), "Nowhere (not with --file)");
}

TEST_F(CommandTable, KnowsValuesThatAreGivenByTheirPlace) {
  std::vector<std::string> words;
  command_->add_option("folder", words, "Of what")->type_name("FOLDER");
  EXPECT_TRUE(row(0).names.empty());
  EXPECT_EQ(row(0).heading(), "FOLDER ...");
}

TEST_F(CommandTable, KeepsGroupsOfOptionsTogether) {
  auto* group = command_->add_option_group("Output", "At least one of");
  group->add_option("--out", word_, "Where")->type_name("FILE");
  const CommandRow command = describe(app_).commands.at(0);
  ASSERT_EQ(command.options.size(), 2);
  EXPECT_EQ(command.options[1].title, "Output, at least one of");
  EXPECT_EQ(command.options[1].options.at(0).names, std::vector<std::string>{"--out"});
}

TEST_F(CommandTable, KnowsCommandsBelowCommands) {
  command_->add_subcommand("wall", "A wall");
  const CommandRow command = describe(app_).commands.at(0);
  EXPECT_EQ(command.path, "vae paint");
  EXPECT_EQ(command.group, "Make pictures");
  ASSERT_EQ(command.commands.size(), 1);
  EXPECT_EQ(command.commands[0].path, "vae paint wall");
}

TEST_F(CommandTable, IsWhatHelpPrints) {
  command_->formatter(std::make_shared<HelpFormatter>());
  command_
      ->add_option("--count", count_,
                   "How many pictures of each kind there are to be, and not one more than that")
      ->capture_default_str();
  EXPECT_EQ(
      command_->help(),
      "Paint pictures\n"
      "\n"
      "Usage: vae paint [OPTIONS]\n"
      "\n"
      "Options:\n"
      "  -h, --help              Print this help message and exit\n"
      "  --count N               How many pictures of each kind there are to be, and not one more than that\n"
      "                          (default 3)\n");
}

}  // namespace
}  // namespace vae
