#pragma once

/// What is done to the text of a script before LuaJIT compiles it. Lines stay lines, so that errors
/// name the right one.
///
/// 1. LuaJIT reads numbers that Lua 5.1 does not: "1ULL", "0x10LL" and "3i" are values of C types.
///    They are refused with the error that Lua 5.1 has for them.
/// 2. What scripts see as globals is behind a read-only face, at the price of three look-ups a use.
///    Globals that cannot change and that the text does not assign to become locals of the chunk:
///      local KEYS,redis_call_=KEYS,redis.call <the text with redis.call( as redis_call_(>
/// 3. `return redis.call(…)` is a tail call, which in Lua 5.1 (but not here) leaves the frame of
/// the
///    caller in place if the function is one of C, and with it the line that errors are to name. So
///    tail calls of functions that have one result become `return (redis.call(…))`.
/// 4. In Lua 5.1 a function with `...` that does not use it finds its arguments in `arg`.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::scripting {

struct foreign_number {
  std::string_view text;
  /// From 1.
  std::size_t line;
};

struct source_text {
  /// Set: this is not to be compiled.
  std::optional<foreign_number> foreign;
  /// Empty: compile the text as it is. Otherwise this; if it does not compile, the text as it is.
  std::string changed;
  /// Whether the script can get at KEYS or ARGV.
  bool uses_arguments = false;
};

enum class text_kind : std::uint8_t {
  /// KEYS and ARGV are globals of it.
  script,
  /// The body of a library. Its functions see other globals than itself, so none become locals (2).
  library,
  /// What load() gets.
  other,
};

/// Throws std::bad_alloc. Cost: O(length).
source_text read_source(std::string_view source, text_kind kind);

} // namespace thespis::scripting
