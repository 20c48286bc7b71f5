/// FUNCTION STATS, KILL and HELP: what can be said while a function runs.

#include "base/tick_clock.hpp"
#include "base/time_units.hpp"
#include "commands/rows.hpp"
#include "commands/running_scripts.hpp"
#include "commands/script_kill.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/script_errors.hpp"

#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view function_help[] = {
  "DELETE <library-name>",
  "    Delete a library and its functions.",
  "DUMP",
  "    Reply with all libraries as RESTORE takes them.",
  "FLUSH [ASYNC|SYNC]",
  "    Delete all libraries and their functions.",
  "KILL",
  "    End the function that takes long, if it has changed nothing.",
  "LIST [LIBRARYNAME <pattern>] [WITHCODE]",
  "    Show the libraries and their functions:",
  "    * LIBRARYNAME: only libraries whose name matches the pattern.",
  "    * WITHCODE: with the code of each.",
  "LOAD [REPLACE] <code>",
  "    Add a library, and reply with its name. With REPLACE it takes the place of one that has its",
  "    name.",
  "RESTORE <payload> [FLUSH|APPEND|REPLACE]",
  "    Add the libraries that DUMP replied with, all or none:",
  "    * FLUSH: they take the place of all that are there.",
  "    * APPEND: their names must be new (default).",
  "    * REPLACE: they take the place of those that have their names.",
  "STATS",
  "    Show the function that takes long, and how many functions there are.",
};

void reply_running(protocol::reply_writer& reply, const described_script& one) {
  const auto ticks = base::tick_clock::elapsed(one.began_ticks, base::tick_clock::read());
  reply.map(3);
  reply.bulk("name");
  reply.bulk(one.name);
  reply.bulk("command");
  reply.array(one.words.size());
  for (const auto& word : one.words)
    reply.bulk(word);
  reply.bulk("duration_ms");
  reply.integer(static_cast<std::int64_t>(base::tick_clock::to_ns(ticks) / base::ns_per_ms));
}

} // namespace

/// FUNCTION STATS -> map: the function that takes long (a map, or null), and the engines with how
/// many libraries and functions they have. Errors: BUSY while a script takes long.
/// Cost: O(partitions + words of the request that runs).
void cmd_function_stats(command_context& ctx, arguments) {
  const auto& server = *ctx.server;
  const auto running = server.scripts->slow_function();
  if (!running && server.scripts->some_are_slow() && !server.scripts->slow_one_is_function())
    return ctx.reply.error(errors::busy);
  ctx.reply.map(2);
  ctx.reply.bulk("running_script");
  if (running)
    reply_running(ctx.reply, *running);
  else
    ctx.reply.null();
  ctx.reply.bulk("engines");
  ctx.reply.map(1);
  ctx.reply.bulk("LUA");
  ctx.reply.map(2);
  ctx.reply.bulk("libraries_count");
  ctx.reply.integer(static_cast<std::int64_t>(server.library_figures.libraries.get()));
  ctx.reply.bulk("functions_count");
  ctx.reply.integer(static_cast<std::int64_t>(server.library_figures.functions.get()));
}

/// FUNCTION KILL -> OK. Errors: NOTBUSY, UNKILLABLE, BUSY while a script takes long. Cost:
/// O(partitions).
void cmd_function_kill(command_context& ctx, arguments) {
  kill_script(ctx, true);
}

void cmd_function_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "FUNCTION", function_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec function_control_table[] = {
  {.name = "function", .arity = -2, .route = way::administrator,
   .group = command_group::scripting, .since = "7.0.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about functions."},
  {.name = "function|help", .arity = 2, .flags = loading | stale, .acl = acl_scripting,
   .route = way::session, .run = cmd_function_help, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(1)", .summary = "Lists the subcommands of FUNCTION."},
  {.name = "function|kill", .arity = 2, .flags = noscript | allow_busy, .acl = acl_scripting,
   .route = way::administrator, .run = cmd_function_kill, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(1)",
   .summary = "Ends the function that takes long, if it has changed nothing.",
   .tips = "request_policy:all_shards response_policy:one_succeeded"},
  {.name = "function|stats", .arity = 2, .flags = noscript | allow_busy, .acl = acl_scripting,
   .route = way::administrator, .run = cmd_function_stats, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(1)",
   .summary = "Shows the function that takes long, and how many functions there are.",
   .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> function_control_rows() noexcept {
  return function_control_table;
}

} // namespace thespis::commands
