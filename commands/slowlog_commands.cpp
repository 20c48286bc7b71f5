/// SLOWLOG: the requests that took longer than slowlog-log-slower-than microseconds.

#include "base/time_units.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view slowlog_help[] = {
  "GET [<count>]",
  "    Reply with the latest entries (default: 10, -1 for all).",
  "    An entry consists of:",
  "    id, Unix time, duration in microseconds, array of arguments, address and port of the",
  "    client, name of the client",
  "LEN",
  "    Reply with the number of entries.",
  "RESET",
  "    Empty the log.",
};

void reply_slow_request(command_context& ctx, const slow_log::entry& entry) {
  const auto& request = entry.request;
  ctx.reply.array(6);
  ctx.reply.integer(static_cast<std::int64_t>(entry.id));
  ctx.reply.integer(request.at_ms / base::ms_per_s);
  ctx.reply.integer(static_cast<std::int64_t>(request.took_ns / base::ns_per_us));
  ctx.reply.array(request.words.size());
  for (const auto& word : request.words)
    ctx.reply.bulk(word);
  ctx.reply.bulk(request.address);
  ctx.reply.bulk(request.client_name);
}

} // namespace

/// SLOWLOG GET [count] -> array of entries, newest first. Cost: O(entries replied).
void cmd_slowlog_get(command_context& ctx, arguments args) {
  constexpr std::int64_t usual_count = 10;
  if (args.size() > 3)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  auto count = usual_count;
  if (args.size() == 3) {
    const auto asked = read_integer(
      ctx.reply, args[2], -1, std::numeric_limits<std::int64_t>::max(), errors::slowlog_count);
    if (!asked)
      return;
    count = *asked;
  }
  const auto& entries = ctx.server->slow.entries();
  const auto all = static_cast<std::int64_t>(entries.size());
  const auto shown = static_cast<std::size_t>(count == -1 ? all : std::min(count, all));
  ctx.reply.array(shown);
  for (std::size_t i = 0; i < shown; ++i)
    reply_slow_request(ctx, entries[i]);
}

/// SLOWLOG LEN -> integer. Cost: O(1).
void cmd_slowlog_len(command_context& ctx, arguments) {
  ctx.reply.integer(static_cast<std::int64_t>(ctx.server->slow.entries().size()));
}

/// SLOWLOG RESET -> OK. Cost: O(entries).
void cmd_slowlog_reset(command_context& ctx, arguments) {
  ctx.server->slow.clear();
  ctx.reply.ok();
}

/// SLOWLOG HELP -> array of lines. Cost: O(1).
void cmd_slowlog_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "SLOWLOG", slowlog_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec slowlog_table[] = {
  {.name = "slowlog", .arity = -2, .route = way::administrator, .group = command_group::server,
   .since = "2.2.12", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about the log of slow commands."},
  {.name = "slowlog|get", .arity = -2, .flags = admin | loading | stale,
   .route = way::administrator, .run = cmd_slowlog_get, .group = command_group::server,
   .since = "2.2.12", .complexity = "O(N) where N is the number of entries returned",
   .summary = "Replies with the latest entries of the slow log.", .syntax = "[count:integer]",
   .tips = "request_policy:all_nodes nondeterministic_output"},
  {.name = "slowlog|help", .arity = 2, .flags = loading | stale, .route = way::session,
   .run = cmd_slowlog_help, .group = command_group::server, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Lists the subcommands of SLOWLOG."},
  {.name = "slowlog|len", .arity = 2, .flags = admin | loading | stale, .route = way::administrator,
   .run = cmd_slowlog_len, .group = command_group::server, .since = "2.2.12", .complexity = "O(1)",
   .summary = "Counts the entries of the slow log.",
   .tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output"},
  {.name = "slowlog|reset", .arity = 2, .flags = admin | loading | stale,
   .route = way::administrator, .run = cmd_slowlog_reset, .group = command_group::server,
   .since = "2.2.12", .complexity = "O(N) where N is the number of entries in the slowlog",
   .summary = "Empties the slow log.",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> slowlog_rows() noexcept {
  return slowlog_table;
}

} // namespace thespis::commands
