#pragma once

/// Changes of a key together with what must be told about them, so that no command forgets a half.

#include "keyspace/command_context.hpp"

#include <cstdint>
#include <string_view>

namespace thespis::commands {

/// Deletes the entry at `at`. Tells "del". REQUIRES: there is one.
inline void erase(keyspace::command_context& ctx, std::string_view key,
                  keyspace::database::slot& at) {
  ctx.db(key).erase(at);
  ctx.did(keyspace::event_class::generic, "del", key);
}

/// Makes `bytes` the value of `key`. Tells "new" if the key did not exist, and the command's own
/// `event`.
inline void store_string(keyspace::command_context& ctx, std::string_view key,
                         keyspace::database::slot& at, std::string_view bytes, bool keep_expiry,
                         std::string_view event) {
  const bool found{at};
  ctx.db(key).set_string(at, bytes, keep_expiry);
  if (!found)
    ctx.also(keyspace::event_class::new_key, "new", key);
  ctx.did(keyspace::event_class::string, event, key);
}

/// The same with a time of expiry. Tells "expire" as well, behind the command's own `event`.
inline void store_string_until(keyspace::command_context& ctx, std::string_view key,
                               keyspace::database::slot& at, std::string_view bytes,
                               std::int64_t expire_at_ms, std::string_view event) {
  const bool found{at};
  ctx.db(key).set_string_until(at, bytes, expire_at_ms);
  if (!found)
    ctx.also(keyspace::event_class::new_key, "new", key);
  ctx.did(keyspace::event_class::string, event, key);
  ctx.also(keyspace::event_class::generic, "expire", key);
}

} // namespace thespis::commands
