#include "commands/monitor.hpp"

#include "base/number.hpp"
#include "base/quote.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/slow_request.hpp"
#include "protocol/errors.hpp"

#include <fmt/format.h>

#include <iterator>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;

std::string monitor_line(const protocol::command_spec& spec, arguments words, std::string_view who,
                         int database, keyspace::instant now) {
  constexpr std::int64_t us_per_s = 1'000'000;
  auto out = fmt::format("+{}.{:06} [{} {}]", now.us / us_per_s, now.us % us_per_s, database, who);
  for (std::size_t i = 0; i < words.size(); ++i)
    out += ' ' + base::quoted(is_secret(spec, words, i) ? "(redacted)" : words[i]);
  return out += "\r\n";
}

int database_behind(const protocol::command_spec& spec, arguments words,
                    const protocol::session& client, int database) noexcept {
  if (spec.name != "select")
    return database;
  const auto index = base::parse_int64(words[1]);
  return index && *index >= 0 && *index < client.database_count ? static_cast<int>(*index)
                                                                : database;
}

void set_monitoring(command_context& ctx, bool on) {
  if (ctx.client.monitors() == on)
    return;
  if (auto* const record = ctx.server->record_of(ctx.client.id))
    ctx.server->note_monitoring(*record, on);
  ctx.client.set_special(protocol::special_monitoring, on);
  ctx.client.listens_anew = true;
}

/// MONITOR -> OK, and from then on a line for every request of any client (monitor_line). A client
/// that monitors already gets no reply.
/// Cost: O(1), and for every request of others.
void cmd_monitor(command_context& ctx, arguments) {
  if (ctx.client.runs_transaction())
    return ctx.reply.error(protocol::errors::monitor_denied);
  if (ctx.subscriber == nullptr)
    return ctx.reply.error(protocol::errors::takes_no_messages);
  if (ctx.client.monitors())
    return;
  set_monitoring(ctx, true);
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec monitor_table[] = {
  {.name = "monitor", .arity = 1, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_monitor, .group = command_group::server,
   .since = "1.0.0", .summary = "Shows the requests of all clients as they come."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> monitor_rows() noexcept {
  return monitor_table;
}

} // namespace thespis::commands
