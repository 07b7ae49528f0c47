#include "config/syntax_error.h"

#include "config/example.h"

#include <gtest/gtest.h>

#include <random>

namespace vae::test {

namespace {

struct Mistake {
  const char* text;
  const char* error;
};

class SyntaxError : public testing::TestWithParam<Mistake> {};

}  // namespace

TEST_P(SyntaxError, IsExplainedWithLineAndColumn) {
  EXPECT_EQ(error_of(GetParam().text), std::string("a.json:") + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, SyntaxError,
    testing::Values(
        Mistake{"", "1:1: the config is empty; expected a JSON object, at least {}"},
        Mistake{"\n // x", "2:6: the config is empty; expected a JSON object, at least {}"},
        Mistake{"{\"seed\": 1,\n}", "1:11: a comma before \"}\"; remove it"},
        Mistake{"{\"labels\": [\"a\",]}", "1:16: a comma before \"]\"; remove it"},
        Mistake{"{\n\"seed\": 1", "2:10: ends before the \"{\" of line 1 is closed"},
        Mistake{"{\"labels\":\n [", "2:3: ends before the \"[\" of line 2 is closed"},
        Mistake{"{\"seed\" 1}", "1:9: expected \":\" after the key \"seed\""},
        Mistake{"{\"seed\": 1\n\"name\": 2}", "2:1: expected \",\" or \"}\" before \"name\""},
        Mistake{"{\"labels\": [1 2]}", "1:15: expected \",\" or \"]\" before \"2\""},
        Mistake{"{\"seed\": 1]", "1:11: expected \",\" or \"}\" before \"]\""},
        Mistake{"{\"seed\": ,}", "1:10: expected a value, found \",\""},
        Mistake{"{,}", "1:2: expected a key in double quotes, found \",\""},
        Mistake{"{5: 1}", "1:2: expected a key in double quotes, found \"5\""},
        Mistake{"{seed: 1}", "1:2: expected a key in double quotes, found \"seed\""},
        Mistake{"{'seed': 1}", "1:2: strings are written in double quotes, not in single ones"},
        Mistake{"{\"name\": 'x'}", "1:10: strings are written in double quotes, not in single ones"},
        Mistake{"{\"name\": run}", "1:10: run needs double quotes"},
        Mistake{"{\"name\": \"ü\", x}", "1:15: expected a key in double quotes, found \"x\""},
        Mistake{"{} x", "1:4: \"x\" after the end of the config; remove it"},
        Mistake{"{}\n{}", "2:1: \"{\" after the end of the config; remove it"},
        Mistake{"{\"seed\": 1}}", "1:12: \"}\" after the end of the config; remove it"},
        Mistake{"{\"temperature\": NaN}", "1:17: NaN is not JSON; only finite numbers are allowed"},
        Mistake{"{\"temperature\": -Infinity}",
                "1:17: -Infinity is not JSON; only finite numbers are allowed"},
        Mistake{"{\"shuffle\": True}", "1:13: True is not JSON; write true"},
        Mistake{"{\"shuffle\": None}", "1:13: None is not JSON; write null"},
        Mistake{"{\"seed\": 01}", "1:10: 01 is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"seed\": .5}", "1:10: .5 is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"seed\": 5.}", "1:10: 5. is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"seed\": +5}", "1:10: +5 is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"seed\": 1e}", "1:10: 1e is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"seed\": 0x10}", "1:10: 0x10 is not a number in JSON; write it like 12, 0.5, -3 or 1e-3"},
        Mistake{"{\"name\": \"a\nb\"}", "1:10: this string has no closing quote on its line"},
        Mistake{"{\"name\": \"a", "1:10: this string has no closing quote on its line"},
        Mistake{"{\"name\": \"a\\", "1:10: this string has no closing quote on its line"},
        Mistake{"{\"name\": \"a\\\"", "1:10: this string has no closing quote on its line"},
        Mistake{"{\"name\": \"C:\\x\"}", "1:13: unknown escape in a string; a backslash is written \\\\"},
        Mistake{"{\"name\": \"\\u12\"}", "1:11: \\u in a string needs four hexadecimal digits"},
        Mistake{"{\"name\": \"\\ud800\"}",
                "1:11: half of a surrogate pair in a string; write the character itself"},
        Mistake{"{\"name\": \"\\udc00\"}",
                "1:11: half of a surrogate pair in a string; write the character itself"},
        Mistake{"{\"name\": \"a\tb\"}", "1:12: a control character in a string; a tab is written \\t"},
        Mistake{"{ /* x }",
                "1:3: a comment is opened here and not closed; // runs to the end of its line, /* to */"},
        Mistake{"{\"name\": \"\xff\"}", "1:11: not valid UTF-8; save the file as UTF-8"},
        Mistake{"{} // \xc3", "1:7: not valid UTF-8; save the file as UTF-8"}));

TEST(SyntaxErrors, ANulIsNotTheEndOfTheText) {
  EXPECT_EQ(error_of(std::string("{}\0{", 4)), "a.json:1:3: not a text file: a NUL byte; expected JSON");
}

// Damages a config in every place and in many ways: whatever nlohmann refuses has to be explained, never by
// the fallback, in its own words or with an exception of another type.
TEST(SyntaxErrors, EveryDamageIsExplainedInOneLine) {
  const std::string text = R"({"name": "a\u00e9\n", "seed": -1.5e+3, /* c */ "labels": [true, null, {}] // d
})";
  const std::string replacements = "{}[]:,\"\\/*'x0-+.eE \n\tutN\x7f";
  std::vector<std::string> damaged;
  for (size_t i = 0; i <= text.size(); ++i) {
    damaged.push_back(text.substr(0, i));
    if (i < text.size()) damaged.push_back(std::string(text).erase(i, 1));
    for (const char c : replacements) {
      damaged.push_back(std::string(text).insert(i, 1, c));
      if (i < text.size()) damaged.push_back(std::string(text).replace(i, 1, 1, c));
    }
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string two = damaged[random() % damaged.size()];
    if (!two.empty()) two[random() % two.size()] = replacements[random() % replacements.size()];
    damaged.push_back(two);
  }
  for (const std::string& broken : damaged) {
    const std::string error = error_of(broken);
    EXPECT_TRUE(error.starts_with("a.json:1") || error.starts_with("a.json:2") ||
                error.starts_with("a.json:3"))
        << broken << "\n"
        << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << broken << "\n" << error;
    EXPECT_EQ(error.find("json.exception"), std::string::npos) << broken << "\n" << error;
  }
}

}  // namespace vae::test
