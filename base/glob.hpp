#pragma once

/// Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET and ACL key patterns know them:
///
///   *      any run of bytes, also none      [abc]  one of these       [^abc]  none of these
///   ?      one byte                         [a-z]  a range            \x      x itself
///
/// Broken patterns mean what they mean to Redis 7: a class that is not closed ends with the pattern
/// ("[a" is "[a]", "[" matches nothing, "[^" any byte), a last backslash stands for itself, ranges
/// may be given backwards and compare signed bytes. An empty text matches the empty pattern only.
///
/// Iterative: only the last star is ever tried again, because everything else takes exactly one
/// byte.

#include <string_view>

namespace thespis::base {

/// Whether the whole of `text` matches. `nocase`: the letters a to z match in either case (but not
/// behind a backslash within a class, as in Redis). Cost: O(n * m) at worst, O(n + m) usually.
bool glob_match(std::string_view pattern, std::string_view text, bool nocase = false) noexcept;

/// Whether the pattern holds none of * ? [ \, so that it matches nothing but itself.
constexpr bool is_plain_text(std::string_view pattern) noexcept {
  return pattern.find_first_of("*?[\\") == std::string_view::npos;
}

} // namespace thespis::base
