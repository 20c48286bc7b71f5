#pragma once

/// How the commands on bits read offsets, and strings to look into.

#include "base/number.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

/// The index of a bit in a string that is not too long to be; a word like "#3" is the index of the
/// third field behind the first, if fields are `field_bits` wide (0: there is no such form).
/// Nothing: the error has been replied.
inline std::optional<std::uint64_t> read_bit_offset(keyspace::command_context& ctx,
                                                    std::string_view word,
                                                    unsigned field_bits = 0) {
  const bool counts_fields = field_bits != 0 && word.starts_with('#');
  const auto number = base::parse_int64(counts_fields ? word.substr(1) : word);
  std::int64_t offset = 0;
  if (number && *number >= 0
      && !__builtin_mul_overflow(*number, counts_fields ? field_bits : 1u, &offset)
      && static_cast<std::uint64_t>(offset >> 3) < string_bytes_max(ctx))
    return static_cast<std::uint64_t>(offset);
  ctx.reply.error(protocol::errors::invalid_bit_offset);
  return std::nullopt;
}

/// The bytes at the key for reading; those of an integer stand in `scratch`.
struct readable {
  /// Whether there is a key.
  bool found = false;
  std::string_view bytes{};
};

/// Nothing: it is no string, and the error has been replied.
inline std::optional<readable> read_bits(keyspace::command_context& ctx, std::string_view key,
                                         char (&scratch)[24]) {
  const auto at = ctx.find_to_read(key);
  if (!at)
    return readable{};
  if (is_wrong_type(ctx, at))
    return std::nullopt;
  return readable{true, at->text(scratch)};
}

} // namespace thespis::commands
