#include "scripting/source_check.hpp"

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

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Walks over a source token by token, as far as numbers have to be told from everything else.
class scanner {
public:
  explicit scanner(std::string_view source) noexcept : source_(source) {
  }

  std::optional<foreign_number> next_foreign() noexcept {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
        const auto text = number();
        const char last = lower(text.back());
        if (last == 'l' || last == 'u' || last == 'i')
          return foreign_number{text, line_of(text)};
      } else {
        skip();
      }
    }
    return std::nullopt;
  }

private:
  char peek(std::size_t ahead) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  std::size_t line_of(std::string_view text) const noexcept {
    const auto before = static_cast<std::size_t>(text.data() - source_.data());
    const auto end = source_.begin() + static_cast<std::ptrdiff_t>(before);
    return static_cast<std::size_t>(std::count(source_.begin(), end, '\n')) + 1;
  }

  std::string_view number() noexcept {
    const auto start = at_;
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
    return source_.substr(start, at_ - start);
  }

  /// One character, name, string or comment.
  void skip() noexcept {
    const char c = source_[at_];
    if (is_name(c))
      while (at_ < source_.size() && is_name(source_[at_]))
        ++at_;
    else if (c == '"' || c == '\'')
      skip_string(c);
    else if (c == '-' && peek(1) == '-')
      skip_comment();
    else if (c == '[')
      skip_long_bracket();
    else if (c == '.' && peek(1) == '.')
      while (peek(0) == '.')
        ++at_;
    else
      ++at_;
  }

  /// A line break ends it, too: an error that the compiler will find.
  void skip_string(char quote) noexcept {
    ++at_;
    while (at_ < source_.size() && source_[at_] != quote && source_[at_] != '\n'
           && source_[at_] != '\r') {
      if (source_[at_] == '\\')
        skip_escape();
      else
        ++at_;
    }
    if (peek(0) == quote)
      ++at_;
  }

  /// "\z" skips the blanks behind it, line breaks included.
  void skip_escape() noexcept {
    const char c = peek(1);
    const bool is_two_breaks = (c == '\r' && peek(2) == '\n') || (c == '\n' && peek(2) == '\r');
    at_ = std::min(at_ + (is_two_breaks ? 3 : 2), source_.size());
    if (c == 'z')
      while (peek(0) == ' ' || (peek(0) >= '\t' && peek(0) <= '\r'))
        ++at_;
  }

  void skip_comment() noexcept {
    at_ += 2;
    if (peek(0) == '[' && skip_long_bracket())
      return;
    while (at_ < source_.size() && source_[at_] != '\n' && source_[at_] != '\r')
      ++at_;
  }

  /// "[==[ … ]==]", or else the bracket alone.
  bool skip_long_bracket() noexcept {
    std::size_t level = 0;
    while (peek(1 + level) == '=')
      ++level;
    if (peek(1 + level) != '[') {
      ++at_;
      return false;
    }
    at_ += level + 2;
    while (at_ < source_.size()) {
      if (source_[at_] == ']' && closes(level)) {
        at_ += level + 2;
        return true;
      }
      ++at_;
    }
    return true;
  }

  bool closes(std::size_t level) const noexcept {
    for (std::size_t i = 1; i <= level; ++i)
      if (peek(i) != '=')
        return false;
    return peek(level + 1) == ']';
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

} // namespace

std::optional<foreign_number> find_foreign_number(std::string_view source) noexcept {
  return scanner{source}.next_foreign();
}

} // namespace thespis::scripting
