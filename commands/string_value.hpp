#pragma once

/// How commands read string values, whether they are stored as bytes or as an integer.

#include "base/number.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace thespis::commands {

/// No string may be longer. REQUIRES: the command has shards.
inline std::size_t string_bytes_max(const keyspace::command_context& ctx) {
  return ctx.shards.settings().string_bytes_max.load(std::memory_order_relaxed);
}

/// Whether the entry is no string; then the error has been replied. REQUIRES: there is an entry.
inline bool is_wrong_type(keyspace::command_context& ctx, const keyspace::database::slot& at) {
  if (at->is_string()) [[likely]]
    return false;
  ctx.reply.error(protocol::errors::wrong_type);
  return true;
}

/// REQUIRES: a string.
inline void reply_string(keyspace::command_context& ctx, const keyspace::entry& value) {
  if (value.is_integer())
    return ctx.reply.bulk_integer(value.integer());
  char unused[24];
  ctx.reply.bulk(value.text(unused));
}

/// The integer that the string spells, if it spells one. REQUIRES: a string.
inline std::optional<std::int64_t> integer_of(const keyspace::entry& value) {
  if (value.is_integer())
    return value.integer();
  char unused[24];
  return base::parse_int64(value.text(unused));
}

} // namespace thespis::commands
