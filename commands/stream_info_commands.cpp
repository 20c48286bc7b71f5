/// XINFO: what a stream, its groups and their consumers look like.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/rows.hpp"
#include "commands/stream_value.hpp"
#include "commands/subcommand_help.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <limits>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view xinfo_help[] = {
  "CONSUMERS <key> <groupname>",
  "    Show the consumers of a group.",
  "GROUPS <key>",
  "    Show the consumer groups of a stream.",
  "STREAM <key> [FULL [COUNT <count>]",
  "    Show a stream, with FULL also its entries and groups.",
};

/// Writes names with their values.
class info_reply {
public:
  explicit info_reply(protocol::reply_writer& reply) : reply_(reply) {
  }
  protocol::reply_writer& name(std::string_view name) {
    reply_.bulk(name);
    return reply_;
  }
  template <class Number>
  void number(std::string_view name, Number value) {
    reply_.bulk(name);
    reply_.integer(static_cast<std::int64_t>(value));
  }
  void id(std::string_view name, const types::stream_id& value) {
    reply_.bulk(name);
    reply_id(reply_, value);
  }
  void number_or_null(std::string_view name, std::optional<std::int64_t> value) {
    reply_.bulk(name);
    if (value)
      reply_.integer(*value);
    else
      reply_.null();
  }

private:
  protocol::reply_writer& reply_;
};

/// What XINFO GROUPS and STREAM FULL have in common.
void reply_group_position(info_reply& out, const types::stream& value,
                          const types::consumer_group& group) {
  out.id("last-delivered-id", group.last_id);
  out.number_or_null("entries-read", group.entries_read == types::consumer_group::unknown
                                       ? std::nullopt
                                       : std::optional{group.entries_read});
  out.number_or_null("lag", value.lag_of(group));
}

std::uint64_t shown_count(std::size_t size, std::uint64_t count_max) noexcept {
  return std::min<std::uint64_t>(size, count_max);
}

/// About how many entries, consumers and pending entries reply_full() lists.
std::uint64_t listed_count(const types::stream& value, std::uint64_t count_max) noexcept {
  auto count = shown_count(value.size(), count_max);
  for (const auto& [name, group] : value.groups()) {
    const auto consumers = group->consumers().size();
    const auto pending = group->pending().size();
    const auto each = shown_count(pending, count_max);
    count += each + consumers + std::min<std::uint64_t>(pending, consumers * each);
  }
  return count;
}

void reply_full_consumer(command_context& ctx, const types::stream_consumer& consumer,
                         std::uint64_t count_max) {
  info_reply out{ctx.reply};
  ctx.reply.map(5);
  out.name("name").bulk(consumer.name);
  out.number("seen-time", consumer.seen_ms);
  out.number("active-time", consumer.active_ms);
  out.number("pel-count", consumer.pending.size());
  auto left = shown_count(consumer.pending.size(), count_max);
  out.name("pending").array(left);
  for (auto at = consumer.pending.first(); left > 0; --left, ++at) {
    ctx.reply.array(3);
    reply_id(ctx.reply, at.id());
    ctx.reply.integer(at->delivered_ms);
    ctx.reply.integer(at->deliveries);
  }
}

void reply_full_group(command_context& ctx, const types::stream& value, std::string_view name,
                      const types::consumer_group& group, std::uint64_t count_max) {
  info_reply out{ctx.reply};
  ctx.reply.map(7);
  out.name("name").bulk(name);
  reply_group_position(out, value, group);
  out.number("pel-count", group.pending().size());
  auto left = shown_count(group.pending().size(), count_max);
  out.name("pending").array(left);
  for (auto at = group.pending().first(); left > 0; --left, ++at) {
    ctx.reply.array(4);
    reply_id(ctx.reply, at.id());
    ctx.reply.bulk(at->owner == nullptr ? std::string_view{} : at->owner->name);
    ctx.reply.integer(at->delivered_ms);
    ctx.reply.integer(at->deliveries);
  }
  out.name("consumers").array(group.consumers().size());
  for (const auto& [consumer_name, consumer] : group.consumers())
    reply_full_consumer(ctx, *consumer, count_max);
}

/// `count_max`: of each list of entries.
void reply_full(command_context& ctx, const types::stream& value, std::uint64_t count_max) {
  info_reply out{ctx.reply};
  auto left = shown_count(value.size(), count_max);
  out.name("entries").array(left);
  for (auto at = value.first(); left > 0; --left, ++at)
    reply_entry(ctx.reply, *at);
  out.name("groups").array(value.groups().size());
  for (const auto& [name, group] : value.groups())
    reply_full_group(ctx, value, name, *group, count_max);
}

void reply_ends(command_context& ctx, const types::stream& value) {
  info_reply out{ctx.reply};
  out.number("groups", value.groups().size());
  out.name("first-entry");
  if (const auto first = value.first())
    reply_entry(ctx.reply, *first);
  else
    ctx.reply.null();
  out.name("last-entry");
  if (const auto last = value.last())
    reply_entry(ctx.reply, *last);
  else
    ctx.reply.null();
}

/// [FULL [COUNT n]]: how many entries a list of FULL has; 0 without FULL. Nothing: the error has
/// been replied.
std::optional<std::uint64_t> read_full_count(command_context& ctx, arguments args) {
  constexpr std::size_t usual_count = 10;
  if (args.size() == 3)
    return 0;
  const auto is_full = equals_nocase(args[3], "FULL");
  if (is_full && args.size() == 4)
    return usual_count;
  if (!is_full || args.size() != 6 || !equals_nocase(args[4], "COUNT")) {
    ctx.reply.error(errors::wrong_subcommand(args[1], "xinfo"));
    return std::nullopt;
  }
  const auto count = base::parse_int64(args[5]);
  if (!count) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  if (*count < 0)
    return usual_count;
  return *count == 0 ? std::numeric_limits<std::uint64_t>::max()
                     : static_cast<std::uint64_t>(*count);
}

/// The entry of a stream, which has to be there; none: the error has been replied.
keyspace::database::slot find_for_info(command_context& ctx, std::string_view key) {
  auto at = ctx.find_to_read(key);
  if (!at)
    ctx.reply.error(errors::no_such_key);
  else if (is_not<types::stream>(ctx, at))
    at.hide();
  return at;
}

} // namespace

/// XINFO STREAM key [FULL [COUNT n]] -> map of its counts and IDs, and its first and last entry;
/// with FULL up to n (10; 0: all) entries of each list instead
/// Errors: options, no such key, WRONGTYPE. Cost: O(1), or O(what is listed).
void cmd_xinfo_stream(command_context& ctx, arguments args) {
  const auto at = find_for_info(ctx, args[2]);
  if (!at)
    return;
  const auto count = read_full_count(ctx, args);
  if (!count)
    return;
  const auto value = stream_at(at);
  const auto& stream = *value;
  if (*count != 0 && ctx.moves_for(listed_count(stream, *count)))
    return;
  info_reply out{ctx.reply};
  ctx.reply.map(*count == 0 ? 10 : 9);
  out.number("length", stream.size());
  out.number("radix-tree-keys", stream.blocks());
  out.number("radix-tree-nodes", stream.nodes() + 1);
  out.id("last-generated-id", stream.last_id());
  out.id("max-deleted-entry-id", stream.max_deleted_id());
  out.number("entries-added", stream.entries_added());
  out.id("recorded-first-entry-id", stream.first_id());
  if (*count == 0)
    reply_ends(ctx, stream);
  else
    reply_full(ctx, stream, *count);
}

/// XINFO GROUPS key -> array of a map for each group. Errors: no such key, WRONGTYPE.
/// Cost: O(groups).
void cmd_xinfo_groups(command_context& ctx, arguments args) {
  const auto at = find_for_info(ctx, args[2]);
  if (!at)
    return;
  const auto value = stream_at(at);
  info_reply out{ctx.reply};
  ctx.reply.array(value->groups().size());
  for (const auto& [name, group] : value->groups()) {
    ctx.reply.map(6);
    out.name("name").bulk(name);
    out.number("consumers", group->consumers().size());
    out.number("pending", group->pending().size());
    reply_group_position(out, *value, *group);
  }
}

/// XINFO CONSUMERS key group -> array of a map for each consumer.
/// Errors: no such key, NOGROUP, WRONGTYPE. Cost: O(consumers).
void cmd_xinfo_consumers(command_context& ctx, arguments args) {
  const auto at = find_for_info(ctx, args[2]);
  if (!at)
    return;
  const auto* const group = stream_at(at)->find_group(args[3]);
  if (group == nullptr)
    return ctx.reply.error(errors::no_such_group(args[2], args[3]));
  info_reply out{ctx.reply};
  const auto since = [&](std::int64_t time_ms) {
    return std::max<std::int64_t>(ctx.now.ms - time_ms, 0);
  };
  ctx.reply.array(group->consumers().size());
  for (const auto& [name, consumer] : group->consumers()) {
    ctx.reply.map(4);
    out.name("name").bulk(name);
    out.number("pending", consumer->pending.size());
    out.number("idle", since(consumer->seen_ms));
    out.number("inactive", consumer->active_ms == -1 ? -1 : since(consumer->active_ms));
  }
}

/// XINFO HELP -> array of lines. Cost: O(1).
void cmd_xinfo_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "XINFO", xinfo_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_info_table[] = {
  {.name = "xinfo", .arity = -2, .group = command_group::stream, .since = "5.0.0",
   .complexity = "Depends on subcommand.",
   .summary = "A container for commands that look into streams."},
  {.name = "xinfo|consumers", .arity = 4, .flags = readonly, .acl = acl_stream,
   .keys = key_at<2, key_ro | key_access>, .run = cmd_xinfo_consumers,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Lists the consumers of a group.", .syntax = "key group",
   .tips = "nondeterministic_output"},
  {.name = "xinfo|groups", .arity = 3, .flags = readonly, .acl = acl_stream,
   .keys = key_at<2, key_ro | key_access>, .run = cmd_xinfo_groups,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Lists the consumer groups of a stream.", .syntax = "key"},
  {.name = "xinfo|help", .arity = 2, .flags = loading | stale, .acl = acl_stream,
   .route = way::session, .run = cmd_xinfo_help, .group = command_group::stream,
   .since = "5.0.0", .complexity = "O(1)", .summary = "Lists the subcommands of XINFO."},
  {.name = "xinfo|stream", .arity = -3, .flags = readonly, .acl = acl_stream,
   .keys = key_at<2, key_ro | key_access>, .run = cmd_xinfo_stream,
   .group = command_group::stream, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Tells the counts and IDs of a stream.",
   .syntax = "key [full-block{FULL [COUNT count:integer]}]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_info_rows() noexcept {
  return stream_info_table;
}

} // namespace thespis::commands
