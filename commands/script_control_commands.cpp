/// SCRIPT KILL and SCRIPT HELP: what can be said while a script runs.

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

constexpr std::string_view script_help[] = {
  "EXISTS <sha1> [<sha1> ...]",
  "    Reply for each of them with 1 if EVALSHA can run it, otherwise with 0.",
  "FLUSH [ASYNC|SYNC]",
  "    Forget all scripts.",
  "KILL",
  "    End the script that takes long, if it has changed nothing.",
  "LOAD <script>",
  "    Keep a script without running it, and reply with its SHA-1.",
  "SHOW <sha1>",
  "    Reply with a script as it was loaded.",
};

} // namespace

void kill_script(command_context& ctx, bool functions) {
  using outcome = running_scripts::kill_outcome;
  switch (ctx.server->scripts->kill(functions)) {
    case outcome::killed:
      return ctx.reply.ok();
    case outcome::none:
      return ctx.reply.error(errors::not_busy);
    case outcome::unkillable:
      return ctx.reply.error(errors::unkillable);
    case outcome::other_kind:
      return ctx.reply.error(functions ? errors::busy : errors::busy_function);
  }
}

/// SCRIPT KILL -> OK. Errors: NOTBUSY, UNKILLABLE. Cost: O(partitions).
void cmd_script_kill(command_context& ctx, arguments) {
  kill_script(ctx, false);
}

void cmd_script_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "SCRIPT", script_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec script_control_table[] = {
  {.name = "script", .arity = -2, .route = way::administrator, .group = command_group::scripting,
   .since = "2.6.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about Lua scripts."},
  {.name = "script|help", .arity = 2, .flags = loading | stale, .acl = acl_scripting,
   .route = way::session, .run = cmd_script_help, .group = command_group::scripting,
   .since = "5.0.0", .complexity = "O(1)", .summary = "Lists the subcommands of SCRIPT."},
  {.name = "script|kill", .arity = 2, .flags = noscript | allow_busy, .acl = acl_scripting,
   .route = way::administrator, .run = cmd_script_kill, .group = command_group::scripting,
   .since = "2.6.0", .complexity = "O(1)",
   .summary = "Ends the script that takes long, if it has changed nothing.",
   .tips = "request_policy:all_shards response_policy:one_succeeded"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> script_control_rows() noexcept {
  return script_control_table;
}

} // namespace thespis::commands
