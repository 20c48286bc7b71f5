#include "scripting/source_scanner.hpp"

#include <algorithm>

namespace thespis::scripting {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// As LuaJIT sees identifiers: bytes beyond ASCII are letters.
bool is_name(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
         || static_cast<unsigned char>(c) >= 0x80;
}

bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace

token source_scanner::next() noexcept {
  while (at_ < source_.size()) {
    if (is_blank(source_[at_]))
      ++at_;
    else if (source_[at_] == '-' && peek(1) == '-')
      scan_comment();
    else
      break;
  }
  if (at_ >= source_.size())
    return {token_kind::end, source_.substr(source_.size())};
  const auto start = at_;
  auto kind = token_kind::symbol;
  const char c = source_[at_];
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
    kind = token_kind::number;
    scan_number();
  } else if (is_name(c)) {
    kind = token_kind::name;
    while (at_ < source_.size() && is_name(source_[at_]))
      ++at_;
  } else if (c == '"' || c == '\'') {
    kind = token_kind::string;
    scan_string(c);
  } else if (c == '[' && scan_long_bracket()) {
    kind = token_kind::string;
  } else {
    scan_symbol();
  }
  return {kind, source_.substr(start, at_ - start)};
}

void source_scanner::scan_symbol() noexcept {
  const char c = source_[at_];
  ++at_;
  if (c == '.')
    for (int dots = 1; dots < 3 && peek(0) == '.'; ++dots)
      ++at_;
  else if ((c == '=' || c == '<' || c == '>' || c == '~') && peek(0) == '=')
    ++at_;
}

void source_scanner::scan_number() noexcept {
  const bool is_hexadecimal = peek(0) == '0' && lower(peek(1)) == 'x';
  const char exponent = is_hexadecimal ? 'p' : 'e';
  char before = '\0';
  while (at_ < source_.size()) {
    const char c = source_[at_];
    const bool is_sign = (c == '-' || c == '+') && lower(before) == exponent;
    if (!is_name(c) && c != '.' && !is_sign)
      break;
    before = c;
    ++at_;
  }
}

/// A line break ends it, too: an error that the compiler will find.
void source_scanner::scan_string(char quote) noexcept {
  ++at_;
  while (at_ < source_.size() && source_[at_] != quote && source_[at_] != '\n'
         && source_[at_] != '\r') {
    if (source_[at_] == '\\')
      scan_escape();
    else
      ++at_;
  }
  if (peek(0) == quote)
    ++at_;
}

/// "\z" skips the blanks behind it, line breaks included.
void source_scanner::scan_escape() noexcept {
  const char c = peek(1);
  const bool is_two_breaks = (c == '\r' && peek(2) == '\n') || (c == '\n' && peek(2) == '\r');
  at_ = std::min(at_ + (is_two_breaks ? 3 : 2), source_.size());
  if (c == 'z')
    while (is_blank(peek(0)))
      ++at_;
}

void source_scanner::scan_comment() noexcept {
  at_ += 2;
  if (peek(0) == '[' && scan_long_bracket())
    return;
  while (at_ < source_.size() && source_[at_] != '\n' && source_[at_] != '\r')
    ++at_;
}

/// "[==[ … ]==]", which it skips. Otherwise stays where it is.
bool source_scanner::scan_long_bracket() noexcept {
  std::size_t level = 0;
  while (peek(1 + level) == '=')
    ++level;
  if (peek(1 + level) != '[')
    return false;
  at_ += level + 2;
  while (at_ < source_.size() && !(source_[at_] == ']' && closes(level)))
    ++at_;
  at_ = std::min(at_ + level + 2, source_.size());
  return true;
}

bool source_scanner::closes(std::size_t level) const noexcept {
  for (std::size_t i = 1; i <= level; ++i)
    if (peek(i) != '=')
      return false;
  return peek(level + 1) == ']';
}

} // namespace thespis::scripting
