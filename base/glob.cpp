#include "base/glob.hpp"

#include "base/ascii.hpp"

#include <cstddef>
#include <utility>

namespace thespis::base {

namespace {

class matcher {
public:
  matcher(std::string_view pattern, bool nocase) noexcept : pattern_(pattern), nocase_(nocase) {
  }

  /// Whether the part of the pattern at `at` (not a star, not the end) takes the byte `c`. Moves
  /// `at` behind that part if so; leaves it anywhere if not.
  bool take(std::size_t& at, char c) const noexcept {
    switch (pattern_[at]) {
      case '?':
        ++at;
        return true;
      case '[':
        ++at;
        return take_class(at, c);
      case '\\':
        if (at + 1 < pattern_.size())
          ++at;
        [[fallthrough]];
      default:
        return same(pattern_[at++], c);
    }
  }

private:
  bool same(char a, char b) const noexcept {
    return a == b || (nocase_ && lower(a) == lower(b));
  }

  /// `at`: behind the bracket.
  bool take_class(std::size_t& at, char c) const noexcept {
    const auto size = pattern_.size();
    const bool negated = at < size && pattern_[at] == '^';
    if (negated)
      ++at;
    bool found = false;
    for (; at < size && pattern_[at] != ']'; ++at) {
      if (pattern_[at] == '\\' && at + 1 < size) {
        ++at;
        found |= pattern_[at] == c;
      } else if (at + 2 < size && pattern_[at + 1] == '-') {
        found |= in_range(pattern_[at], pattern_[at + 2], c);
        at += 2;
      } else {
        found |= same(pattern_[at], c);
      }
    }
    if (at < size)
      ++at;
    return found != negated;
  }

  bool in_range(char first, char last, char c) const noexcept {
    auto from = static_cast<signed char>(first);
    auto to = static_cast<signed char>(last);
    if (from > to)
      std::swap(from, to);
    // The ends are put in order before their case is dropped, so [Z-a] is empty without case.
    return nocase_ ? folded(c) >= folded(static_cast<char>(from))
                       && folded(c) <= folded(static_cast<char>(to))
                   : static_cast<signed char>(c) >= from && static_cast<signed char>(c) <= to;
  }

  static signed char folded(char c) noexcept {
    return static_cast<signed char>(lower(c));
  }

  std::string_view pattern_;
  bool nocase_;
};

} // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool nocase) noexcept {
  if (text.empty())
    return pattern.empty();
  const matcher one{pattern, nocase};
  constexpr auto none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t behind_star = none;
  std::size_t retry = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      if (++at == pattern.size())
        return true;
      behind_star = at;
      retry = i;
    } else if (at < pattern.size() && one.take(at, text[i])) {
      ++i;
    } else if (behind_star == none) {
      return false;
    } else {
      at = behind_star;
      i = ++retry;
    }
  }
  while (at < pattern.size() && pattern[at] == '*')
    ++at;
  return at == pattern.size();
}

} // namespace thespis::base
