/// CLIENT, as far as it is about the connection that asks: its name, its library, its habits. The
/// subcommands about other clients are in client_list_commands.cpp.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/client_name.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <limits>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

void cmd_client_info(command_context& ctx, arguments args);
void cmd_client_kill(command_context& ctx, arguments args);
void cmd_client_list(command_context& ctx, arguments args);
void cmd_client_unblock(command_context& ctx, arguments args);

namespace {

constexpr std::string_view client_help[] = {
  "CACHING (YES|NO)",
  "    Keep copies of what the next command reads or do not, with OPTIN and OPTOUT.",
  "GETREDIR",
  "    Reply with the number of the connection that hears of changed keys in place of this one.",
  "GETNAME",
  "    Reply with the name of this connection.",
  "ID",
  "    Reply with the number of this connection.",
  "INFO",
  "    Describe this connection.",
  "KILL <ip:port>",
  "    Close the connection that comes from <ip:port>.",
  "KILL <option> <value> [<option> <value> [...]]",
  "    Close connections. Options are:",
  "    * ADDR (<ip:port>|<unixsocket>:0)",
  "      Those that come from the address",
  "    * LADDR (<ip:port>|<unixsocket>:0)",
  "      Those that were made to the address",
  "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
  "      Those of the type",
  "    * USER <username>",
  "      Those logged in as the user",
  "    * SKIPME (YES|NO)",
  "      Spare this connection (default: yes)",
  "    * ID <id>",
  "      The one of that number",
  "    * MAXAGE <seconds>",
  "      Those that are at least so old",
  "LIST [options ...]",
  "    Describe all connections. Options:",
  "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
  "      Those of the type alone",
  "    * ID <id> [<id> ...]",
  "      Those of these numbers alone",
  "UNPAUSE",
  "    End the pause of clients.",
  "PAUSE <timeout> [WRITE|ALL]",
  "    Hold back all commands, or those that write, for <timeout> milliseconds.",
  "REPLY (ON|OFF|SKIP)",
  "    Say whether this connection gets replies.",
  "SETNAME <name>",
  "    Call this connection <name>.",
  "SETINFO <option> <value>",
  "    Say what the client's library is. Options are:",
  "    * LIB-NAME: its name",
  "    * LIB-VER: its version",
  "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
  "         [OPTIN] [OPTOUT] [NOLOOP]",
  "    Say whether this connection hears of changes of the keys that it has read.",
  "TRACKINGINFO",
  "    Describe what TRACKING was asked for.",
  "UNBLOCK <clientid> [TIMEOUT|ERROR]",
  "    Wake a client that blocks.",
  "NO-EVICT (ON|OFF)",
  "    Protect this connection from client eviction.",
  "NO-TOUCH (ON|OFF)",
  "    Leave the access times of keys alone.",
};

/// ON or OFF; otherwise an error has been replied.
bool read_switch(command_context& ctx, std::string_view word, bool& on) {
  on = equals_nocase(word, "on");
  if (on || equals_nocase(word, "off"))
    return true;
  ctx.reply.error(errors::syntax);
  return false;
}

} // namespace

/// CLIENT ID -> integer. Cost: O(1).
void cmd_client_id(command_context& ctx, arguments) {
  ctx.reply.integer(static_cast<std::int64_t>(ctx.client.id));
}

/// CLIENT GETNAME -> bulk string | null. Cost: O(1).
void cmd_client_getname(command_context& ctx, arguments) {
  if (ctx.client.name.empty())
    ctx.reply.null();
  else
    ctx.reply.bulk(ctx.client.name);
}

/// CLIENT SETNAME name -> OK. The empty name takes it away. Cost: O(1).
void cmd_client_setname(command_context& ctx, arguments args) {
  if (!is_client_name(args[2]))
    return ctx.reply.error(errors::invalid_client_name);
  ctx.client.name = args[2];
  if (auto* record = ctx.server->record_of(ctx.client.id))
    record->name = args[2];
  ctx.reply.ok();
}

/// CLIENT SETINFO LIB-NAME | LIB-VER value -> OK. Cost: O(1).
void cmd_client_setinfo(command_context& ctx, arguments args) {
  const auto is_name = equals_nocase(args[2], "lib-name");
  if (!is_name && !equals_nocase(args[2], "lib-ver"))
    return ctx.reply.error(errors::unrecognized_option(args[2]));
  if (!is_client_name(args[3]))
    return ctx.reply.error(errors::invalid_client_info(args[2]));
  (is_name ? ctx.client.library_name : ctx.client.library_version) = args[3];
  if (auto* record = ctx.server->record_of(ctx.client.id))
    (is_name ? record->library_name : record->library_version) = args[3];
  ctx.reply.ok();
}

/// CLIENT REPLY ON | OFF | SKIP -> OK for ON, nothing otherwise. Cost: O(1).
void cmd_client_reply(command_context& ctx, arguments args) {
  if (equals_nocase(args[2], "on")) {
    ctx.client.replies = protocol::reply_mode::on;
    ctx.reply.ok();
  } else if (equals_nocase(args[2], "off")) {
    ctx.client.replies = protocol::reply_mode::off;
  } else if (equals_nocase(args[2], "skip")) {
    if (ctx.client.replies != protocol::reply_mode::off)
      ctx.client.replies = protocol::reply_mode::skip_next;
  } else {
    ctx.reply.error(errors::syntax);
  }
}

/// CLIENT NO-EVICT ON | OFF -> OK. Cost: O(1).
void cmd_client_no_evict(command_context& ctx, arguments args) {
  if (read_switch(ctx, args[2], ctx.client.no_evict))
    ctx.reply.ok();
}

/// CLIENT NO-TOUCH ON | OFF -> OK. Cost: O(1).
void cmd_client_no_touch(command_context& ctx, arguments args) {
  if (read_switch(ctx, args[2], ctx.client.no_touch))
    ctx.reply.ok();
}

/// CLIENT PAUSE milliseconds [WRITE | ALL] -> OK. A pause under way gets neither shorter nor
/// weaker. Cost: O(1).
void cmd_client_pause(command_context& ctx, arguments args) {
  auto writes_only = false;
  if (args.size() > 4)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  if (args.size() == 4) {
    writes_only = equals_nocase(args[3], "write");
    if (!writes_only && !equals_nocase(args[3], "all"))
      return ctx.reply.error(errors::invalid_pause_mode);
  }
  const auto timeout_ms = base::parse_int64(args[2]);
  if (!timeout_ms)
    return ctx.reply.error(errors::timeout_not_an_integer);
  if (*timeout_ms < 0)
    return ctx.reply.error(errors::timeout_negative);
  if (*timeout_ms > std::numeric_limits<std::int64_t>::max() - ctx.now.ms)
    return ctx.reply.error(errors::timeout_out_of_range);
  ctx.server->pause(server_state::pause_command, ctx.now.ms, ctx.now.ms + *timeout_ms, writes_only);
  ctx.reply.ok();
}

/// CLIENT UNPAUSE -> OK. Cost: O(1).
void cmd_client_unpause(command_context& ctx, arguments) {
  ctx.server->unpause(server_state::pause_command);
  ctx.reply.ok();
}

/// CLIENT HELP -> array of lines. Cost: O(1).
void cmd_client_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "CLIENT", client_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec client_table[] = {
  {.name = "client", .arity = -2, .route = way::session, .group = command_group::connection,
   .since = "2.4.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about client connections."},
  {.name = "client|getname", .arity = 2, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_client_getname, .group = command_group::connection,
   .since = "2.6.9", .complexity = "O(1)", .summary = "Replies with the name of the connection."},
  {.name = "client|help", .arity = 2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_client_help, .group = command_group::connection,
   .since = "5.0.0", .complexity = "O(1)", .summary = "Lists the subcommands of CLIENT."},
  {.name = "client|id", .arity = 2, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_client_id, .group = command_group::connection,
   .since = "5.0.0", .complexity = "O(1)", .summary = "Replies with the number of the connection."},
  {.name = "client|info", .arity = 2, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::administrator, .run = cmd_client_info, .group = command_group::connection,
   .since = "6.2.0", .complexity = "O(1)",
   .summary = "Describes the connection itself, in the form of a line of CLIENT LIST.",
   .tips = "nondeterministic_output"},
  {.name = "client|kill", .arity = -3, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_kill,
   .group = command_group::connection, .since = "2.4.0",
   .complexity = "O(N) where N is the number of client connections",
   .summary = "Closes the connections that match an address or filters.",
   .syntax =
     "filter(old-format!2.8.12|new-format([ID client-id:integer@2.8.12]|[TYPE "
     "client-type('normal'|'master'@3.2.0|'slave'|'replica'@5.0.0|'pubsub')@2.8.12]|[USER "
     "username]|[ADDR addr]|[LADDR laddr@6.2.0]|[SKIPME skipme(YES|NO)])...)"},
  {.name = "client|list", .arity = -2, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_list,
   .group = command_group::connection, .since = "2.4.0",
   .complexity = "O(N) where N is the number of client connections",
   .summary = "Describes all connections, one a line.",
   .syntax =
     "[TYPE client-type('normal'|'master'|'replica'|'pubsub')@5.0.0] [ID "
     "client-id:integer...@6.2.0]",
   .tips = "nondeterministic_output"},
  {.name = "client|no-evict", .arity = 3, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::session, .run = cmd_client_no_evict,
   .group = command_group::connection, .since = "7.0.0", .complexity = "O(1)",
   .summary = "Takes the connection out of client eviction, or puts it back.",
   .syntax = "enabled(ON|OFF)"},
  {.name = "client|no-touch", .arity = 3, .flags = noscript | loading | stale,
   .acl = acl_connection, .route = way::session, .run = cmd_client_no_touch,
   .group = command_group::connection, .since = "7.2.0", .complexity = "O(1)",
   .summary = "Says whether commands of this connection leave the access times of keys alone.",
   .syntax = "enabled(ON|OFF)"},
  {.name = "client|pause", .arity = -3, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_pause,
   .group = command_group::connection, .since = "3.0.0", .complexity = "O(1)",
   .summary = "Holds back the commands of all clients for a while.",
   .syntax = "timeout:integer [mode(WRITE|ALL)@6.2.0]"},
  {.name = "client|reply", .arity = 3, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_client_reply, .group = command_group::connection,
   .since = "3.2.0", .complexity = "O(1)",
   .summary = "Says whether the server answers this connection.", .syntax = "action(ON|OFF|SKIP)"},
  {.name = "client|setinfo", .arity = 4, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::administrator, .run = cmd_client_setinfo, .group = command_group::connection,
   .since = "7.2.0", .complexity = "O(1)",
   .summary = "Tells the server the name or version of the client library.",
   .syntax = "attr('lib-name' libname|'lib-ver' libver)",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "client|setname", .arity = 3, .flags = noscript | loading | stale, .acl = acl_connection,
   .route = way::administrator, .run = cmd_client_setname, .group = command_group::connection,
   .since = "2.6.9", .complexity = "O(1)", .summary = "Gives the connection a name.",
   .syntax = "connection-name", .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "client|unblock", .arity = -3, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_unblock,
   .group = command_group::connection, .since = "5.0.0",
   .complexity = "O(log N) where N is the number of client connections",
   .summary = "Wakes a client that waits in a blocking command of another connection.",
   .syntax = "client-id:integer [unblock-type(TIMEOUT|ERROR)]"},
  {.name = "client|unpause", .arity = 2, .flags = admin | noscript | loading | stale,
   .acl = acl_connection, .route = way::administrator, .run = cmd_client_unpause,
   .group = command_group::connection, .since = "6.2.0",
   .complexity = "O(N) Where N is the number of paused clients",
   .summary = "Lets the clients go on that CLIENT PAUSE holds back."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> client_rows() noexcept {
  return client_table;
}

} // namespace thespis::commands
