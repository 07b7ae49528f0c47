#include "config/syntax_error.h"

#include "config/node.h"
#include "config/utf8.h"
#include "core/error.h"
#include "core/one_line.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

// nlohmann's own messages speak of tokens and literals to whoever knows its grammar. By the time this runs it
// has refused the text, so that a plain walk over the tokens suffices to find what a person did.

namespace vae::detail {

namespace {

constexpr std::string_view kPunctuation = "{}[]:,";

struct Token {
  enum class Kind { end, punctuation, string, open_string, word };

  Kind kind = Kind::end;
  size_t begin = 0;
  std::string_view text;

  bool is(char c) const { return kind == Kind::punctuation && text.front() == c; }
  size_t end() const { return begin + text.size(); }
};

struct Complaint {
  size_t offset;
  std::string what;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Past the closing quote of the string that begins at `begin`, if it is on the same line.
std::optional<size_t> end_of_string(std::string_view text, size_t begin) {
  for (size_t i = begin + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

size_t end_of_word(std::string_view text, size_t begin) {
  size_t i = begin;
  while (i < text.size() && !is_space(text[i]) && kPunctuation.find(text[i]) == std::string_view::npos &&
         text[i] != '"' && text[i] != '/') {
    ++i;
  }
  return std::max(i, begin + 1);
}

// Past spaces and comments; the offset of a comment that is not closed is left as it is.
size_t skip_blank(std::string_view text, size_t begin) {
  size_t i = begin;
  while (i < text.size()) {
    if (is_space(text[i])) {
      ++i;
      continue;
    }
    const bool to_end_of_line = text.substr(i).starts_with("//");
    if (!to_end_of_line && !text.substr(i).starts_with("/*")) break;
    const size_t close = text.find(to_end_of_line ? "\n" : "*/", i + 2);
    if (close == std::string_view::npos) return to_end_of_line ? text.size() : i;
    i = close + (to_end_of_line ? 1 : 2);
  }
  return i;
}

Token next_token(std::string_view text, size_t from) {
  const size_t begin = skip_blank(text, from);
  const auto token = [&](Token::Kind kind, size_t end) {
    return Token{kind, begin, text.substr(begin, end - begin)};
  };
  if (begin == text.size()) return token(Token::Kind::end, begin);
  if (text[begin] == '"') {
    const auto end = end_of_string(text, begin);
    return end ? token(Token::Kind::string, *end) : token(Token::Kind::open_string, begin + 1);
  }
  if (kPunctuation.find(text[begin]) != std::string_view::npos) {
    return token(Token::Kind::punctuation, begin + 1);
  }
  return token(Token::Kind::word, end_of_word(text, begin));
}

size_t count_digits(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

bool is_json_number(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  const size_t whole = count_digits(word);
  if (whole == 0 || (whole > 1 && word.front() == '0')) return false;
  word.remove_prefix(whole);
  if (word.starts_with('.')) {
    const size_t fraction = count_digits(word.substr(1));
    if (fraction == 0) return false;
    word.remove_prefix(1 + fraction);
  }
  if (word.empty()) return true;
  if (word.front() != 'e' && word.front() != 'E') return false;
  word.remove_prefix(1);
  if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
  return !word.empty() && count_digits(word) == word.size();
}

std::string lower_case(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool is_not_finite(std::string_view word) {
  std::string name = lower_case(word);
  if (name.starts_with('-') || name.starts_with('+')) name.erase(0, 1);
  return name == "nan" || name == "inf" || name == "infinity";
}

std::optional<Complaint> judge_word(const Token& token) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kLiterals{
      {{"true", "true"}, {"false", "false"}, {"null", "null"}, {"none", "null"}}};
  const std::string_view word = token.text;
  const auto complain = [&](std::string what) { return Complaint{token.begin, std::move(what)}; };
  if (word == "true" || word == "false" || word == "null" || is_json_number(word)) return std::nullopt;
  if (word.starts_with('/')) {
    return complain("a comment is opened here and not closed; // runs to the end of its line, /* to */");
  }
  if (word.starts_with('\'')) return complain("strings are written in double quotes, not in single ones");
  if (is_not_finite(word)) {
    return complain(fmt::format("{} is not JSON; only finite numbers are allowed", on_one_line(word)));
  }
  for (const auto& [meant, literal] : kLiterals) {
    if (lower_case(word) == meant) {
      return complain(fmt::format("{} is not JSON; write {}", on_one_line(word), literal));
    }
  }
  if (is_digit(word.front()) || std::string_view("+-.").find(word.front()) != std::string_view::npos) {
    return complain(fmt::format("{} is not a number in JSON; write it like 12, 0.5, -3 or 1e-3",
                                on_one_line(shortened(word))));
  }
  return complain(fmt::format("{} needs double quotes", on_one_line(shortened(word))));
}

// The code unit of an escape "\uXXXX" at the beginning of `text`.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc() && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }

bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

// What is wrong with the escape at the beginning of `text`, or else its length.
std::variant<std::string, size_t> judge_escape(std::string_view text) {
  constexpr std::string_view kSimple = "\"\\/bfnrt";
  if (text.size() > 1 && kSimple.find(text[1]) != std::string_view::npos) return size_t{2};
  if (!text.starts_with("\\u")) return R"(unknown escape in a string; a backslash is written \\)";
  const auto unit = escaped_unit(text);
  if (!unit) return R"(\u in a string needs four hexadecimal digits)";
  if (!is_high_surrogate(*unit) && !is_low_surrogate(*unit)) return size_t{6};
  const auto second = escaped_unit(text.substr(6));
  if (is_high_surrogate(*unit) && second && is_low_surrogate(*second)) return size_t{12};
  return "half of a surrogate pair in a string; write the character itself";
}

std::optional<Complaint> judge_string(const Token& token) {
  const std::string_view text = token.text;
  const std::string_view inside = text.substr(0, text.size() - 1);
  for (size_t i = 1; i < inside.size();) {
    if (static_cast<unsigned char>(inside[i]) < 0x20) {
      return Complaint{token.begin + i, "a control character in a string; a tab is written \\t"};
    }
    if (inside[i] != '\\') {
      ++i;
      continue;
    }
    const auto verdict = judge_escape(inside.substr(i));
    if (const auto* what = std::get_if<std::string>(&verdict)) return Complaint{token.begin + i, *what};
    i += std::get<size_t>(verdict);
  }
  return std::nullopt;
}

class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::optional<Complaint> find() {
    while (true) {
      const Token token = next_token(text_, previous_.end());
      if (token.kind == Token::Kind::end && expected_ == Expected::end) return std::nullopt;
      if (auto complaint = judge(token)) return complaint;
      previous_ = token;
    }
  }

 private:
  enum class Expected { value, first_value_or_close, first_key_or_close, key, colon, comma_or_close, end };

  std::optional<Complaint> judge(const Token& token) {
    if (token.kind == Token::Kind::end) return judge_end(token);
    if (token.kind == Token::Kind::open_string) {
      return complain(token, "this string has no closing quote on its line");
    }
    if (token.kind == Token::Kind::string) {
      if (auto complaint = judge_string(token)) return complaint;
    }
    switch (expected_) {
      case Expected::first_key_or_close:
      case Expected::key:
        return judge_key(token);
      case Expected::colon:
        return judge_colon(token);
      case Expected::first_value_or_close:
      case Expected::value:
        return judge_value(token);
      case Expected::comma_or_close:
        return judge_separator(token);
      case Expected::end:
        return complain(token, fmt::format("{} after the end of the config; remove it", shown(token)));
    }
    return std::nullopt;
  }

  std::optional<Complaint> judge_end(const Token& token) const {
    if (open_.empty()) return complain(token, "the config is empty; expected a JSON object, at least {}");
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(open_.back()), '\n') + 1;
    return complain(token,
                    fmt::format("ends before the \"{}\" of line {} is closed", text_[open_.back()], line));
  }

  std::optional<Complaint> judge_key(const Token& token) {
    if (token.kind == Token::Kind::string) {
      expected_ = Expected::colon;
      return std::nullopt;
    }
    if (token.is('}')) {
      if (expected_ == Expected::first_key_or_close) return close();
      return complain(previous_, "a comma before \"}\"; remove it");
    }
    if (token.text.front() == '\'' || token.text.front() == '/') return judge_word(token);
    return complain(token, fmt::format("expected a key in double quotes, found {}", shown(token)));
  }

  std::optional<Complaint> judge_colon(const Token& token) {
    if (!token.is(':')) {
      return complain(token, fmt::format("expected \":\" after the key {}", shown(previous_)));
    }
    expected_ = Expected::value;
    return std::nullopt;
  }

  std::optional<Complaint> judge_value(const Token& token) {
    if (token.kind == Token::Kind::word) {
      if (auto complaint = judge_word(token)) return complaint;
    }
    if (token.is('{') || token.is('[')) {
      open_.push_back(token.begin);
      expected_ = token.is('{') ? Expected::first_key_or_close : Expected::first_value_or_close;
      return std::nullopt;
    }
    if (token.is(']') && expected_ == Expected::first_value_or_close) return close();
    if (token.is(']') && previous_.is(',')) return complain(previous_, "a comma before \"]\"; remove it");
    if (token.kind == Token::Kind::punctuation) {
      return complain(token, fmt::format("expected a value, found {}", shown(token)));
    }
    finish_value();
    return std::nullopt;
  }

  std::optional<Complaint> judge_separator(const Token& token) {
    const bool in_object = text_[open_.back()] == '{';
    if (token.is(',')) {
      expected_ = in_object ? Expected::key : Expected::value;
      return std::nullopt;
    }
    if (token.is(in_object ? '}' : ']')) return close();
    return complain(token,
                    fmt::format("expected \",\" or \"{}\" before {}", in_object ? '}' : ']', shown(token)));
  }

  std::optional<Complaint> close() {
    open_.pop_back();
    finish_value();
    return std::nullopt;
  }

  void finish_value() { expected_ = open_.empty() ? Expected::end : Expected::comma_or_close; }

  static Complaint complain(const Token& token, std::string what) { return {token.begin, std::move(what)}; }

  static std::string shown(const Token& token) {
    const bool has_quotes = token.kind == Token::Kind::string;  // judged before, so it has both
    return in_quotes(has_quotes ? token.text.substr(1, token.text.size() - 2) : token.text);
  }

  std::string_view text_;
  Token previous_;
  Expected expected_ = Expected::value;
  std::vector<size_t> open_;  // offsets of the brackets that are not closed yet
};

}  // namespace

std::string at(std::string_view text, size_t offset, const std::string& source) {
  const std::string_view before = text.substr(0, offset);
  const std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto column = std::ranges::count_if(line, [](char c) { return !is_utf8_continuation(c); }) + 1;
  return fmt::format("{}:{}:{}", source, std::ranges::count(before, '\n') + 1, column);
}

void throw_syntax_error(std::string_view text, const std::string& source) {
  const auto complaint = Walk(text).find();
  if (!complaint) throw UsageError("{}: not valid JSON", source);
  throw UsageError("{}: {}", at(text, complaint->offset, source), complaint->what);
}

}  // namespace vae::detail
