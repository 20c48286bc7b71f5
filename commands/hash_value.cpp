#include "commands/hash_value.hpp"

namespace thespis::commands {

void drop_if_expired(keyspace::command_context& ctx, std::string_view key, types::hash& in,
                     std::string_view field) {
  const auto found = in.find(field);
  if (!found || !found->expired_at(ctx.now.ms))
    return;
  in.erase(field);
  ctx.home(key).changes.aside(keyspace::event_class::hash, "hexpired", ctx.client.database, key,
                              {"HDEL", key, field});
}

} // namespace thespis::commands
