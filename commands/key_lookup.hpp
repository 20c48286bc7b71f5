#pragma once

/// Look-ups that differ from the usual ones in whether they touch the access clock.

#include "keyspace/command_context.hpp"

#include <string_view>
#include <utility>

namespace thespis::commands {

/// Counts hit or miss like a look-up for reading; `touch` decides alone about the access clock
/// (CLIENT NO-TOUCH notwithstanding).
inline keyspace::database::slot find_and_count(keyspace::command_context& ctx, std::string_view key,
                                               bool touch) {
  const bool before = std::exchange(ctx.client.no_touch, !touch);
  const auto at = ctx.find_to_read(key);
  ctx.client.no_touch = before;
  return at;
}

/// For commands that ask about a key without using it (TTL, TYPE, EXISTS, OBJECT).
inline keyspace::database::slot inspect(keyspace::command_context& ctx, std::string_view key) {
  return find_and_count(ctx, key, false);
}

} // namespace thespis::commands
