#pragma once

/// Finds in a Lua source what LuaJIT takes and Lua 5.1 does not: numbers with a suffix that makes
/// them values of C types ("1ULL", "0x10LL", "3i").

#include <cstddef>
#include <optional>
#include <string_view>

namespace thespis::scripting {

struct foreign_number {
  std::string_view text;
  /// From 1.
  std::size_t line;
};

/// The first one, or nullopt. Strings and comments are not looked into. Cost: O(length).
std::optional<foreign_number> find_foreign_number(std::string_view source) noexcept;

} // namespace thespis::scripting
