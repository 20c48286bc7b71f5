#pragma once

/// Digests of strings, and the conditions of SET and DELEX that compare with a string or its
/// digest.
///
/// A digest is the 64-bit XXH3 hash of the bytes (seed 0, so it is the same everywhere), written as
/// 16 hexadecimal digits, most significant first. It serves optimistic locking of large values: the
/// client sends 16 bytes instead of the value it has read.

#include "commands/set_options.hpp"
#include "keyspace/command_context.hpp"

#include <array>
#include <string_view>

namespace thespis::commands {

inline constexpr std::size_t digest_digits = 16;

/// In lower case. Cost: O(n).
std::array<char, digest_digits> digest_of(std::string_view bytes) noexcept;

constexpr bool compares_digest(set_condition condition) noexcept {
  return condition == set_condition::digest_equal || condition == set_condition::digest_not_equal;
}

/// Whether the condition looks at the value, so that it must be a string.
constexpr bool compares_value(set_condition condition) noexcept {
  return condition >= set_condition::equal;
}

/// Whether `text` has the length of a digest; an error has been replied if not.
bool is_digest(keyspace::command_context& ctx, std::string_view text);

/// REQUIRES: an entry at `at` is a string where the condition compares its value.
bool meets(set_condition condition, const keyspace::database::slot& at, std::string_view compared);

} // namespace thespis::commands
