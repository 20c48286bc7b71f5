/// Publishing, and what is known of subscribers: PUBLISH, SPUBLISH, PUBSUB. The broker runs these.

#include "base/glob.hpp"
#include "commands/rows.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "pubsub/exchange.hpp"

#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using pubsub::topic_kind;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view pubsub_help[] = {
  "CHANNELS [<pattern>]",
  "    Reply with the channels that have subscribers and match the pattern (default: '*').",
  "NUMPAT",
  "    Reply with the number of different patterns that have subscribers.",
  "NUMSUB [<channel> ...]",
  "    Reply with the number of subscribers of each channel, without those of patterns.",
  "SHARDCHANNELS [<pattern>]",
  "    Reply with the shard channels that have subscribers and match the pattern",
  "    (default: '*').",
  "SHARDNUMSUB [<shardchannel> ...]",
  "    Reply with the number of subscribers of each shard channel.",
};

void publish(command_context& ctx, arguments args, topic_kind kind) {
  ctx.reply.integer(static_cast<std::int64_t>(ctx.exchange->publish(kind, args[1], args[2])));
}

void reply_names(command_context& ctx, arguments args, topic_kind kind) {
  if (args.size() > 3)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  std::size_t count = 0;
  const auto names = ctx.reply.begin_array(ctx.exchange->routes().size(kind));
  ctx.exchange->routes().for_each(kind, [&](const pubsub::route& each) {
    if (args.size() == 3 && !base::glob_match(args[2], each.name))
      return;
    ctx.reply.bulk(each.name);
    ++count;
  });
  ctx.reply.end_array(names, count);
}

void reply_counts(command_context& ctx, arguments names, topic_kind kind) {
  ctx.reply.array(names.size() * 2);
  for (const auto name : names) {
    const auto* const found = ctx.exchange->routes().find(kind, name);
    ctx.reply.bulk(name);
    ctx.reply.integer(found == nullptr ? 0 : static_cast<std::int64_t>(found->subscribers));
  }
}

} // namespace

/// PUBLISH channel message -> how many clients get it; one that subscribes to the channel and to
/// patterns which it matches gets it several times. Cost: O(topics with subscribers), and the
/// fan-outs' for each subscriber.
void cmd_publish(command_context& ctx, arguments args) {
  publish(ctx, args, topic_kind::channel);
}

/// SPUBLISH shardchannel message -> how many clients get it. Cost: O(1).
void cmd_spublish(command_context& ctx, arguments args) {
  publish(ctx, args, topic_kind::shard_channel);
}

/// PUBSUB CHANNELS [pattern] -> array of channels with subscribers. Cost: O(channels).
void cmd_pubsub_channels(command_context& ctx, arguments args) {
  reply_names(ctx, args, topic_kind::channel);
}

/// PUBSUB NUMPAT -> how many patterns have subscribers. Cost: O(1).
void cmd_pubsub_numpat(command_context& ctx, arguments) {
  ctx.reply.integer(static_cast<std::int64_t>(ctx.exchange->routes().size(topic_kind::pattern)));
}

/// PUBSUB NUMSUB [channel …] -> array: channel, subscribers, … Cost: O(channels asked for).
void cmd_pubsub_numsub(command_context& ctx, arguments args) {
  reply_counts(ctx, args.subspan(2), topic_kind::channel);
}

/// PUBSUB SHARDCHANNELS [pattern] -> as CHANNELS.
void cmd_pubsub_shardchannels(command_context& ctx, arguments args) {
  reply_names(ctx, args, topic_kind::shard_channel);
}

/// PUBSUB SHARDNUMSUB [shardchannel …] -> as NUMSUB.
void cmd_pubsub_shardnumsub(command_context& ctx, arguments args) {
  reply_counts(ctx, args.subspan(2), topic_kind::shard_channel);
}

/// PUBSUB HELP -> array of lines. Cost: O(1).
void cmd_pubsub_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "PUBSUB", pubsub_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec pubsub_table[] = {
  {.name = "publish", .arity = 3, .flags = protocol::pubsub | loading | stale | fast | may_replicate,
   .route = way::broker, .run = cmd_publish, .group = command_group::pubsub, .since = "2.0.0",
   .complexity =
     "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the "
     "total number of subscribed patterns (by any client).",
   .summary = "Sends a message to the subscribers of a channel.",
   .syntax = "channel message"},
  {.name = "pubsub", .arity = -2, .route = way::broker, .group = command_group::pubsub,
   .since = "2.8.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about channels and subscribers."},
  {.name = "pubsub|channels", .arity = -2, .flags = protocol::pubsub | loading | stale,
   .route = way::broker, .run = cmd_pubsub_channels, .group = command_group::pubsub,
   .since = "2.8.0",
   .complexity =
     "O(N) where N is the number of active channels, and assuming constant time pattern matching "
     "(relatively short channels and patterns)",
   .summary = "Lists the channels that have subscribers.", .syntax = "[pattern:pattern]"},
  {.name = "pubsub|help", .arity = 2, .flags = loading | stale, .route = way::session,
   .run = cmd_pubsub_help, .group = command_group::pubsub, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Lists the subcommands of PUBSUB."},
  {.name = "pubsub|numpat", .arity = 2, .flags = protocol::pubsub | loading | stale, .route = way::broker,
   .run = cmd_pubsub_numpat, .group = command_group::pubsub, .since = "2.8.0",
   .complexity = "O(1)", .summary = "Counts the patterns that have subscribers."},
  {.name = "pubsub|numsub", .arity = -2, .flags = protocol::pubsub | loading | stale, .route = way::broker,
   .run = cmd_pubsub_numsub, .group = command_group::pubsub, .since = "2.8.0",
   .complexity = "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
   .summary = "Counts the subscribers of channels.", .syntax = "[channel...]"},
  {.name = "pubsub|shardchannels", .arity = -2, .flags = protocol::pubsub | loading | stale,
   .route = way::broker, .run = cmd_pubsub_shardchannels, .group = command_group::pubsub,
   .since = "7.0.0",
   .complexity =
     "O(N) where N is the number of active shard channels, and assuming constant time pattern "
     "matching (relatively short shard channels).",
   .summary = "Lists the shard channels that have subscribers.", .syntax = "[pattern:pattern]"},
  {.name = "pubsub|shardnumsub", .arity = -2, .flags = protocol::pubsub | loading | stale,
   .route = way::broker, .run = cmd_pubsub_shardnumsub, .group = command_group::pubsub,
   .since = "7.0.0",
   .complexity =
     "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
   .summary = "Counts the subscribers of shard channels.", .syntax = "[shardchannel...]"},
  {.name = "spublish", .arity = 3, .flags = protocol::pubsub | loading | stale | fast | may_replicate,
   .keys = key_at<1, key_not_key>, .route = way::broker, .run = cmd_spublish,
   .group = command_group::pubsub, .since = "7.0.0",
   .complexity =
     "O(N) where N is the number of clients subscribed to the receiving shard channel.",
   .summary = "Sends a message to the subscribers of a shard channel.",
   .syntax = "shardchannel message"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> pubsub_rows() noexcept {
  return pubsub_table;
}

} // namespace thespis::commands
