/// XGROUP: the groups of a stream and their consumers.

#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"
#include "commands/subcommand_help.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using types::stream_id;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view xgroup_help[] = {
  "CREATE <key> <groupname> <id|$> [option]",
  "    Make a consumer group that has read up to <id>. Options are:",
  "    * MKSTREAM",
  "      Make an empty stream if there is none.",
  "    * ENTRIESREAD entries_read",
  "      Say how many entries the group has read (for replication).",
  "CREATECONSUMER <key> <groupname> <consumer>",
  "    Make a consumer of the group.",
  "DELCONSUMER <key> <groupname> <consumer>",
  "    Remove a consumer and what is pending for it.",
  "DESTROY <key> <groupname>",
  "    Remove the group.",
  "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
  "    Say up to where the group has read.",
};

struct group_options {
  bool makes_stream = false;
  std::int64_t entries_read = types::consumer_group::unknown;
};

std::optional<group_options> read_group_options(command_context& ctx, arguments args,
                                                bool creates) {
  group_options options;
  protocol::argument_reader in{args, 5};
  while (in.more()) {
    if (creates && in.option("MKSTREAM")) {
      options.makes_stream = true;
    } else if (in.option("ENTRIESREAD", 1)) {
      options.entries_read = in.integer();
      if (options.entries_read < types::consumer_group::unknown)
        in.fail(errors::stream_entries_read_negative);
    } else {
      in.fail(errors::wrong_subcommand(args[1], "xgroup"));
    }
  }
  if (!in.failed())
    return options;
  ctx.reply.error(in.error());
  return std::nullopt;
}

/// "$" is the last ID of the stream.
std::optional<stream_id> read_group_position(command_context& ctx, std::string_view word,
                                             const types::stream& value, bool may_be_end) {
  if (word == "$")
    return value.last_id();
  if (may_be_end && word == "-")
    return stream_id{};
  if (may_be_end && word == "+")
    return types::last_possible_id;
  return read_stream_id(ctx, word);
}

/// The stream has to be there, and, if `group` is not null, the group: what is found. Returns false
/// if an error has been replied.
bool find_existing(command_context& ctx, arguments args, const keyspace::database::slot& at,
                   types::consumer_group** group) {
  if (!at) {
    ctx.reply.error(errors::stream_key_missing);
    return false;
  }
  if (is_not<types::stream>(ctx, at))
    return false;
  if (group == nullptr)
    return true;
  *group = stream_at(at)->find_group(args[3]);
  if (*group == nullptr)
    ctx.reply.error(errors::no_such_group(args[2], args[3]));
  return *group != nullptr;
}

} // namespace

/// XGROUP CREATE key group id | $ [MKSTREAM] [ENTRIESREAD n] -> OK
/// Errors: options, ID, no key, BUSYGROUP, WRONGTYPE. Cost: O(1).
void cmd_xgroup_create(command_context& ctx, arguments args) {
  const auto options = read_group_options(ctx, args, true);
  if (!options)
    return;
  const auto key = args[2];
  auto at = ctx.find_to_write(key);
  if (at && is_not<types::stream>(ctx, at))
    return;
  const auto makes_stream = !at;
  if (makes_stream && !options->makes_stream)
    return ctx.reply.error(errors::stream_key_missing);
  opened_stream value{ctx, key, at};
  const auto id = read_group_position(ctx, args[4], *value, false);
  if (!id)
    return;
  if (!value->add_group(args[3], *id, options->entries_read))
    return ctx.reply.error(errors::stream_group_exists);
  value.did_around("xgroup-create",
                   makes_stream ? keyspace::concern::readers : keyspace::concern::nobody);
  ctx.reply.ok();
}

/// XGROUP SETID key group id | $ [ENTRIESREAD n] -> OK
/// Errors: options, ID, no key, NOGROUP, WRONGTYPE. Cost: O(1).
void cmd_xgroup_setid(command_context& ctx, arguments args) {
  const auto options = read_group_options(ctx, args, false);
  if (!options)
    return;
  auto at = ctx.find_to_write(args[2]);
  types::consumer_group* group = nullptr;
  if (!find_existing(ctx, args, at, &group))
    return;
  if (args.size() != 5 && args.size() != 7)
    return ctx.reply.error(errors::wrong_subcommand(args[1], "xgroup"));
  opened_stream value{ctx, args[2], at};
  const auto id = read_group_position(ctx, args[4], *value, true);
  if (!id)
    return;
  group->last_id = *id;
  group->entries_read = options->entries_read;
  value.did_around("xgroup-setid");
  ctx.reply.ok();
}

/// XGROUP DESTROY key group -> 1, or 0 without such a group. Errors: no key, WRONGTYPE.
/// Cost: O(pending entries).
void cmd_xgroup_destroy(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[2]);
  if (!find_existing(ctx, args, at, nullptr))
    return;
  opened_stream value{ctx, args[2], at};
  if (!value->erase_group(args[3]))
    return ctx.reply.integer(0);
  value.did_around("xgroup-destroy", keyspace::concern::waiting);
  ctx.reply.integer(1);
}

/// XGROUP CREATECONSUMER key group consumer -> 1, or 0 if there was one.
/// Errors: no key, NOGROUP, WRONGTYPE. Cost: O(log consumers).
void cmd_xgroup_createconsumer(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[2]);
  types::consumer_group* group = nullptr;
  if (!find_existing(ctx, args, at, &group))
    return;
  const auto is_new = group->find_consumer(args[4]) == nullptr;
  if (is_new) {
    group->add_consumer(args[4], ctx.now.ms);
    ctx.did_around(keyspace::event_class::stream, "xgroup-createconsumer", args[2]);
  }
  ctx.reply.integer(is_new ? 1 : 0);
}

/// XGROUP DELCONSUMER key group consumer -> how many entries were pending for it.
/// Errors: no key, NOGROUP, WRONGTYPE. Cost: O(pending entries).
void cmd_xgroup_delconsumer(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[2]);
  types::consumer_group* group = nullptr;
  if (!find_existing(ctx, args, at, &group))
    return;
  auto* const consumer = group->find_consumer(args[4]);
  if (consumer == nullptr)
    return ctx.reply.integer(0);
  const auto pending = group->erase_consumer(*consumer);
  ctx.did_around(keyspace::event_class::stream, "xgroup-delconsumer", args[2]);
  ctx.reply.integer(static_cast<std::int64_t>(pending));
}

/// XGROUP HELP -> array of lines. Cost: O(1).
void cmd_xgroup_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "XGROUP", xgroup_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_group_table[] = {
  {.name = "xgroup", .arity = -2, .group = command_group::stream, .since = "5.0.0",
   .complexity = "Depends on subcommand.",
   .summary = "A container for commands about the consumer groups of streams."},
  {.name = "xgroup|create", .arity = -5, .flags = write | denyoom, .acl = acl_stream,
   .keys = key_at<2, key_rw | key_insert>, .run = cmd_xgroup_create,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Makes a consumer group.",
   .syntax = "key group id-selector(id|'$' new-id:token) [MKSTREAM]"
             " [ENTRIESREAD entries-read:integer@7.0.0]"},
  {.name = "xgroup|createconsumer", .arity = 5, .flags = write | denyoom, .acl = acl_stream,
   .keys = key_at<2, key_rw | key_insert>, .run = cmd_xgroup_createconsumer,
   .group = command_group::stream, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Makes a consumer of a group.", .syntax = "key group consumer"},
  {.name = "xgroup|delconsumer", .arity = 5, .flags = write, .acl = acl_stream,
   .keys = key_at<2, key_rw | key_delete>, .run = cmd_xgroup_delconsumer,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Removes a consumer of a group, and what is pending for it.",
   .syntax = "key group consumer"},
  {.name = "xgroup|destroy", .arity = 4, .flags = write, .acl = acl_stream,
   .keys = key_at<2, key_rw | key_delete>, .run = cmd_xgroup_destroy,
   .group = command_group::stream, .since = "5.0.0",
   .complexity =
     "O(N) where N is the number of entries in the group's pending entries list (PEL).",
   .summary = "Removes a consumer group.", .syntax = "key group"},
  {.name = "xgroup|help", .arity = 2, .flags = loading | stale, .acl = acl_stream,
   .route = way::session, .run = cmd_xgroup_help, .group = command_group::stream,
   .since = "5.0.0", .complexity = "O(1)", .summary = "Lists the subcommands of XGROUP."},
  {.name = "xgroup|setid", .arity = -5, .flags = write, .acl = acl_stream,
   .keys = key_at<2, key_rw | key_update>, .run = cmd_xgroup_setid,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Says up to where a consumer group has read.",
   .syntax = "key group id-selector(id|'$' new-id:token)"
             " [ENTRIESREAD entriesread=entries-read:integer@7.0.0]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_group_rows() noexcept {
  return stream_group_table;
}

} // namespace thespis::commands
