#include "cli/usage_error.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

/// A command line in small: one command with options of its own and in a group, and one with a command below.
class UsageErrors : public ::testing::Test {
 protected:
  UsageErrors() {
    app_.name("vae");
    app_.require_subcommand(1);
    auto* sample = app_.add_subcommand("sample");
    sample->add_option("--checkpoint", text_)->required();
    sample->add_option("--count", number_)->check(CLI::PositiveNumber);
    sample->add_option_group("Output")->add_option("--out-dir", text_);
    app_.add_subcommand("data")->require_subcommand(1)->add_subcommand("shapes");
  }

  std::string explain(const std::string& arguments) {
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      return vae::explain(error, app_);
    }
    return "no error";
  }

  CLI::App app_;
  std::string text_;
  int number_ = 0;
};

TEST_F(UsageErrors, NameTheCommandThatWasMeant) {
  EXPECT_EQ(explain("smaple"), "unexpected argument \"smaple\"; did you mean \"sample\"?");
  EXPECT_EQ(explain("data shpaes"), "unexpected argument \"shpaes\"; did you mean \"shapes\"?");
}

TEST_F(UsageErrors, NameTheOptionThatWasMeant) {
  EXPECT_EQ(explain("sample --chekpoint a"),
            "unexpected argument \"--chekpoint\"; did you mean \"--checkpoint\"?");
  EXPECT_EQ(explain("sample --checkpoint a --cuont 3"),
            "unexpected argument \"--cuont\"; did you mean \"--count\"?");
}

TEST_F(UsageErrors, NameOptionsInGroups) {
  EXPECT_EQ(explain("sample --checkpoint a --outdir b"),
            "unexpected argument \"--outdir\"; did you mean \"--out-dir\"?");
}

TEST_F(UsageErrors, NameNothingThatIsFarOff) {
  EXPECT_EQ(explain("sample --checkpoint a --banana"),
            "unexpected argument \"--banana\"; see vae sample --help");
  EXPECT_EQ(explain("banana"), "unexpected argument \"banana\"; see vae --help");
}

TEST_F(UsageErrors, SayWhatIsMissingAndWhereToLook) {
  EXPECT_EQ(explain("sample"), "--checkpoint is required; see vae sample --help");
  EXPECT_NE(explain("").find("see vae --help"), std::string::npos);
  EXPECT_NE(explain("data").find("see vae data --help"), std::string::npos);
}

TEST_F(UsageErrors, NameTheOptionWithABadValue) {
  const std::string text = explain("sample --checkpoint a --count -1");
  EXPECT_NE(text.find("--count"), std::string::npos) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
}

}  // namespace
}  // namespace vae
