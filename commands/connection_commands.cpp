/// The connection's own commands: greeting, logging in, picking a protocol and a database. Those
/// that change what the directory of clients knows are run by the administrator, the others by the
/// connection itself; all of them touch nothing but the session that they are lent.

#include "base/ascii.hpp"
#include "base/version.hpp"
#include "commands/client_name.hpp"
#include "commands/database_index.hpp"
#include "commands/monitor.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/tracking.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

void set_name(command_context& ctx, std::string_view name) {
  ctx.client.name = name;
  if (auto* record = ctx.server->record_of(ctx.client.id))
    record->name = name;
}

void set_protocol(command_context& ctx, int protocol) {
  ctx.client.protocol = protocol;
  ctx.reply.set_protocol(protocol);
}

/// What HELLO asks for beside the protocol.
struct greeting {
  std::optional<int> protocol;
  std::optional<std::string_view> user;
  std::string_view password;
  std::optional<std::string_view> name;
};

/// Nothing: an error has been replied.
std::optional<greeting> read_greeting(command_context& ctx, arguments args) {
  greeting out;
  if (args.size() >= 2) {
    const auto version = read_integer(ctx.reply, args[1], errors::invalid_proto);
    if (!version)
      return std::nullopt;
    if (*version != 2 && *version != 3) {
      ctx.reply.error(errors::no_proto);
      return std::nullopt;
    }
    out.protocol = static_cast<int>(*version);
  }
  for (std::size_t i = 2; i < args.size(); ++i) {
    const auto behind = args.size() - 1 - i;
    if (equals_nocase(args[i], "auth") && behind >= 2) {
      out.user = args[i + 1];
      out.password = args[i + 2];
      i += 2;
    } else if (equals_nocase(args[i], "setname") && behind >= 1) {
      out.name = args[i + 1];
      if (!is_client_name(*out.name)) {
        ctx.reply.error(errors::invalid_client_name);
        return std::nullopt;
      }
      ++i;
    } else {
      ctx.reply.error(errors::hello_option(args[i]));
      return std::nullopt;
    }
  }
  return out;
}

void introduce_server(command_context& ctx) {
  auto& reply = ctx.reply;
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(base::redis_version);
  reply.bulk("proto");
  reply.integer(ctx.client.protocol);
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(ctx.client.id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

} // namespace

/// AUTH [user] password -> OK
/// Errors: WRONGPASS, no password set, syntax. Cost: O(length of the password).
void cmd_auth(command_context& ctx, arguments args) {
  if (args.size() > 3)
    return ctx.reply.error(errors::syntax);
  if (args.size() == 2 && !password_is_set(*ctx.server))
    return ctx.reply.error(errors::no_password_set);
  const auto user = args.size() == 2 ? std::string_view{"default"} : args[1];
  if (!authenticate(*ctx.server, ctx.client, user, args.back()))
    return ctx.reply.error(errors::wrong_pass);
  ctx.reply.ok();
}

/// HELLO [2 | 3 [AUTH user password] [SETNAME name]] -> map about the server
/// Errors: NOPROTO, WRONGPASS, NOAUTH, names, options. With an error nothing has changed, but for
/// the login if that came first. Cost: O(1).
void cmd_hello(command_context& ctx, arguments args) {
  const auto asked = read_greeting(ctx, args);
  if (!asked)
    return;
  if (asked->user && !authenticate(*ctx.server, ctx.client, *asked->user, asked->password))
    return ctx.reply.error(errors::wrong_pass);
  if (!ctx.client.authenticated())
    return ctx.reply.error(errors::hello_no_auth);
  if (asked->name)
    set_name(ctx, *asked->name);
  if (asked->protocol)
    set_protocol(ctx, *asked->protocol);
  introduce_server(ctx);
}

/// PING [message] -> PONG | message; while subscribed in RESP2 an array of "pong" and the message.
/// Cost: O(1).
void cmd_ping(command_context& ctx, arguments args) {
  if (args.size() > 2)
    return ctx.reply.error(errors::wrong_arity("ping"));
  const auto subscribed = (ctx.client.special & protocol::special_subscribed) != 0;
  if (subscribed && ctx.client.protocol == 2) {
    ctx.reply.array(2);
    ctx.reply.bulk("pong");
    return ctx.reply.bulk(args.size() == 2 ? args[1] : std::string_view{});
  }
  if (args.size() == 2)
    ctx.reply.bulk(args[1]);
  else
    ctx.reply.raw("+PONG\r\n");
}

/// ECHO message -> message. Cost: O(length).
void cmd_echo(command_context& ctx, arguments args) {
  ctx.reply.bulk(args[1]);
}

/// SELECT index -> OK. Errors: the index. Cost: O(1).
void cmd_select(command_context& ctx, arguments args) {
  const auto index = read_database_index(ctx, args[1]);
  if (!index)
    return;
  ctx.client.database = *index;
  ctx.reply.ok();
}

/// RESET -> RESET. What is known of the client's library stays. Cost: O(1).
void cmd_reset(command_context& ctx, arguments) {
  auto& client = ctx.client;
  client.end_transaction();
  client.end_watch();
  client.set_special(protocol::special_subscribed, false);
  client.set_authenticated(!password_is_set(*ctx.server));
  client.user = "default";
  client.database = 0;
  client.no_touch = false;
  client.no_evict = false;
  client.replies = protocol::reply_mode::on;
  if (client.tracking)
    set_tracking(ctx, nullptr);
  set_monitoring(ctx, false);
  set_name(ctx, {});
  set_protocol(ctx, 2);
  if (auto* record = ctx.server->record_of(client.id))
    record->user = client.user;
  ctx.reply.simple("RESET");
}

/// QUIT -> OK, and the connection closes. Cost: O(1).
void cmd_quit(command_context& ctx, arguments) {
  ctx.client.close_after_reply = true;
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec connection_table[] = {
  {.name = "auth", .arity = -2, .flags = noscript | loading | stale | fast | no_auth | allow_busy,
   .acl = acl_connection, .route = way::administrator, .run = cmd_auth,
   .group = command_group::connection, .since = "1.0.0",
   .complexity = "O(N) where N is the number of passwords defined for the user",
   .summary = "Logs the connection in with a password or a user and password.",
   .syntax = "[username@6.0.0] password"},
  {.name = "echo", .arity = 2, .flags = loading | stale | fast, .acl = acl_connection,
   .route = way::session, .run = cmd_echo, .group = command_group::connection, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Replies with its argument.", .syntax = "message"},
  {.name = "hello", .arity = -1, .flags = noscript | loading | stale | fast | no_auth | allow_busy,
   .acl = acl_connection, .route = way::administrator, .run = cmd_hello,
   .group = command_group::connection, .since = "6.0.0", .complexity = "O(1)",
   .summary =
     "Greets the server: picks the protocol version, and may log in and name the connection.",
   .syntax = "[arguments{protover:integer [AUTH auth{username password}] [SETNAME clientname]}]"},
  {.name = "ping", .arity = -1, .flags = fast, .acl = acl_connection, .route = way::session,
   .run = cmd_ping, .group = command_group::connection, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with PONG, or with its argument.", .syntax = "[message]",
   .tips = "request_policy:all_shards response_policy:all_succeeded"},
  {.name = "quit", .arity = -1, .flags = allow_busy | noscript | loading | stale | fast | no_auth | never_queued,
   .acl = acl_connection, .route = way::session, .run = cmd_quit,
   .group = command_group::connection, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Closes the connection after a last reply.", .deprecated_since = "7.2.0",
   .replaced_by = "just closing the connection"},
  {.name = "reset", .arity = 1,
   .flags = noscript | loading | stale | fast | no_auth | allow_busy | never_queued,
   .acl = acl_connection, .route = way::administrator, .run = cmd_reset,
   .group = command_group::connection, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Puts the connection back into the state of a new one."},
  {.name = "select", .arity = 2, .flags = loading | stale | fast, .acl = acl_connection,
   .route = way::session, .run = cmd_select, .group = command_group::connection, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Picks the database that the connection works on.",
   .syntax = "index:integer"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> connection_rows() noexcept {
  return connection_table;
}

} // namespace thespis::commands
