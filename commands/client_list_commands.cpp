/// CLIENT, as far as it is about all clients: listing, closing and waking them. Pure functions over
/// the directory; what happens to a connection goes out through the hooks.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/number_argument.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// Nothing: an error has been replied.
std::optional<client_type> read_type(command_context& ctx, std::string_view word) {
  const auto type = parse_client_type(word);
  if (!type)
    ctx.reply.error(errors::unknown_client_type(word));
  return type;
}

bool read_user(command_context& ctx, std::string_view word, client_filter& filter) {
  filter.user = word;
  if (word == "default")
    return true;
  ctx.reply.error(errors::no_such_user(word));
  return false;
}

bool read_skip_me(command_context& ctx, std::string_view word, client_filter& filter) {
  if (equals_nocase(word, "yes"))
    filter.spared = ctx.client.id;
  else if (equals_nocase(word, "no"))
    filter.spared.reset();
  else {
    ctx.reply.error(errors::syntax);
    return false;
  }
  return true;
}

/// Reads one option of CLIENT KILL; false: an error has been replied.
bool read_filter(command_context& ctx, std::string_view option, std::string_view word,
                 client_filter& filter) {
  if (equals_nocase(option, "id")) {
    const auto id = read_integer(ctx.reply, word, 1, int64_max, errors::client_id_not_positive);
    filter.id = static_cast<std::uint64_t>(id.value_or(0));
    return id.has_value();
  }
  if (equals_nocase(option, "type")) {
    filter.type = read_type(ctx, word);
    return filter.type.has_value();
  }
  if (equals_nocase(option, "maxage")) {
    const auto age = read_integer(ctx.reply, word, "ERR maxage is not an integer or out of range");
    if (age && *age <= 0)
      ctx.reply.error("ERR maxage should be greater than 0");
    filter.age_s_min = age;
    return age.value_or(0) > 0;
  }
  if (equals_nocase(option, "addr"))
    filter.address = word;
  else if (equals_nocase(option, "laddr"))
    filter.local_address = word;
  else if (equals_nocase(option, "user"))
    return read_user(ctx, word, filter);
  else if (equals_nocase(option, "skipme"))
    return read_skip_me(ctx, word, filter);
  else {
    ctx.reply.error(errors::syntax);
    return false;
  }
  return true;
}

/// Closes all clients that fit and returns how many those were. The one that asks is closed once it
/// has its reply.
std::int64_t kill(command_context& ctx, const client_filter& filter) {
  // The hook may take clients out of the directory.
  std::vector<std::uint64_t> doomed;
  for (const auto& [id, client] : ctx.server->clients)
    if (filter.fits(*client, ctx.now.ms))
      doomed.push_back(id);
  for (const auto id : doomed) {
    if (id == ctx.client.id)
      ctx.client.close_after_reply = true;
    else if (ctx.server->hooks.kill_client)
      ctx.server->hooks.kill_client(id);
  }
  return static_cast<std::int64_t>(doomed.size());
}

void append_line(std::string& out, const client_record& client, std::int64_t now_ms) {
  out += describe(client, now_ms);
  out += '\n';
}

/// False: an error has been replied.
bool list_by_id(command_context& ctx, arguments ids, std::string& out) {
  for (const auto word : ids) {
    const auto id = read_integer(ctx.reply, word, errors::invalid_client_id);
    if (!id)
      return false;
    if (const auto* client = ctx.server->record_of(static_cast<std::uint64_t>(*id)))
      append_line(out, *client, ctx.now.ms);
  }
  return true;
}

} // namespace

/// CLIENT LIST [TYPE type | ID id [id …]] -> text, a line for each client. Cost: O(clients).
void cmd_client_list(command_context& ctx, arguments args) {
  std::string out;
  std::optional<client_type> type;
  if (args.size() > 3 && equals_nocase(args[2], "id")) {
    if (list_by_id(ctx, args.subspan(3), out))
      ctx.reply.verbatim("txt", out);
    return;
  }
  if (args.size() == 4 && equals_nocase(args[2], "type")) {
    type = read_type(ctx, args[3]);
    if (!type)
      return;
  } else if (args.size() != 2) {
    return ctx.reply.error(errors::syntax);
  }
  for (const auto& [id, client] : ctx.server->clients)
    if (!type || *type == type_of(*client))
      append_line(out, *client, ctx.now.ms);
  ctx.reply.verbatim("txt", out);
}

/// CLIENT INFO -> text: the line of CLIENT LIST for this client. Cost: O(log clients).
void cmd_client_info(command_context& ctx, arguments) {
  std::string out;
  if (const auto* client = ctx.server->record_of(ctx.client.id))
    append_line(out, *client, ctx.now.ms);
  ctx.reply.verbatim("txt", out);
}

/// CLIENT KILL address -> OK
/// CLIENT KILL option value [option value …] -> number of clients closed
/// Cost: O(clients).
void cmd_client_kill(command_context& ctx, arguments args) {
  client_filter filter;
  if (args.size() == 3) {
    filter.address = args[2];
    if (kill(ctx, filter) == 0)
      return ctx.reply.error(errors::no_such_client);
    return ctx.reply.ok();
  }
  filter.spared = ctx.client.id;
  for (std::size_t i = 2; i < args.size(); i += 2) {
    if (i + 1 == args.size())
      return ctx.reply.error(errors::syntax);
    if (!read_filter(ctx, args[i], args[i + 1], filter))
      return;
  }
  ctx.reply.integer(kill(ctx, filter));
}

/// CLIENT UNBLOCK id [TIMEOUT | ERROR] -> 1 | 0. Cost: O(log clients).
void cmd_client_unblock(command_context& ctx, arguments args) {
  if (args.size() > 4)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  auto with_error = false;
  if (args.size() == 4) {
    with_error = equals_nocase(args[3], "error");
    if (!with_error && !equals_nocase(args[3], "timeout"))
      return ctx.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const auto id = read_integer(ctx.reply, args[2], errors::not_an_integer);
  if (!id)
    return;
  const auto& unblock = ctx.server->hooks.unblock_client;
  const auto woken = unblock && unblock(static_cast<std::uint64_t>(*id), with_error);
  ctx.reply.integer(woken ? 1 : 0);
}

} // namespace thespis::commands
