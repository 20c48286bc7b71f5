/// Beginning and ceasing to listen: SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and their opposites. The
/// fan-out of the client's event loop runs these. Every topic is confirmed by a push of its own.

#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "pubsub/subscriber_table.hpp"

#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
using pubsub::topic_kind;

namespace {

void confirm(command_context& ctx, std::string_view what, topic_kind kind, std::string_view name) {
  ctx.reply.push(3);
  ctx.reply.bulk(what);
  ctx.reply.bulk(name);
  ctx.reply.integer(static_cast<std::int64_t>(ctx.subscriber->count_with(kind)));
}

void note_whether_subscribed(command_context& ctx) {
  ctx.client.set_special(protocol::special_subscribed, ctx.subscriber->subscribes());
}

void subscribe(command_context& ctx, arguments names, topic_kind kind, std::string_view what) {
  for (const auto name : names) {
    ctx.subscriptions->add(*ctx.subscriber, kind, name);
    note_whether_subscribed(ctx);
    confirm(ctx, what, kind, name);
  }
}

/// Without names: everything of that kind; if there is nothing, that is confirmed.
void unsubscribe(command_context& ctx, arguments names, topic_kind kind, std::string_view what) {
  const auto leave = [&](std::string_view name) {
    ctx.subscriptions->remove(*ctx.subscriber, kind, name);
    note_whether_subscribed(ctx);
    confirm(ctx, what, kind, name);
  };
  for (const auto name : names)
    leave(name);
  if (names.empty()) {
    const auto all = ctx.subscriptions->names(*ctx.subscriber, kind);
    for (const auto& name : all)
      leave(name);
    if (all.empty()) {
      ctx.reply.push(3);
      ctx.reply.bulk(what);
      ctx.reply.null();
      ctx.reply.integer(static_cast<std::int64_t>(ctx.subscriber->count_with(kind)));
    }
  }
}

} // namespace

/// SUBSCRIBE channel [channel …] -> for each a push: "subscribe", channel, how many channels and
/// patterns the client listens to now. Cost: O(channels), as of all of these.
void cmd_subscribe(command_context& ctx, arguments args) {
  subscribe(ctx, args.subspan(1), topic_kind::channel, "subscribe");
}

/// PSUBSCRIBE pattern [pattern …] -> as SUBSCRIBE. A message that matches comes as "pmessage",
/// pattern, channel, message.
void cmd_psubscribe(command_context& ctx, arguments args) {
  subscribe(ctx, args.subspan(1), topic_kind::pattern, "psubscribe");
}

/// SSUBSCRIBE shardchannel [shardchannel …] -> as SUBSCRIBE; these are counted by themselves.
void cmd_ssubscribe(command_context& ctx, arguments args) {
  if (ctx.client.runs_transaction())
    return ctx.reply.error(protocol::errors::ssubscribe_denied);
  subscribe(ctx, args.subspan(1), topic_kind::shard_channel, "ssubscribe");
}

/// UNSUBSCRIBE [channel …] -> for each a push as SUBSCRIBE's; without channels, for all that there
/// are, or one with null.
void cmd_unsubscribe(command_context& ctx, arguments args) {
  unsubscribe(ctx, args.subspan(1), topic_kind::channel, "unsubscribe");
}

/// PUNSUBSCRIBE [pattern …] -> as UNSUBSCRIBE.
void cmd_punsubscribe(command_context& ctx, arguments args) {
  unsubscribe(ctx, args.subspan(1), topic_kind::pattern, "punsubscribe");
}

/// SUNSUBSCRIBE [shardchannel …] -> as UNSUBSCRIBE.
void cmd_sunsubscribe(command_context& ctx, arguments args) {
  unsubscribe(ctx, args.subspan(1), topic_kind::shard_channel, "sunsubscribe");
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec shard_channels[] = {
  {.flags = key_not_key, .last_key = -1},
};

constexpr command_spec subscription_table[] = {
  {.name = "psubscribe", .arity = -2, .flags = protocol::pubsub | noscript | loading | stale,
   .route = way::fan_out, .run = cmd_psubscribe, .group = command_group::pubsub, .since = "2.0.0",
   .complexity = "O(N) where N is the number of patterns to subscribe to.",
   .summary = "Listens to all channels that match a pattern.", .syntax = "pattern:pattern..."},
  {.name = "punsubscribe", .arity = -1, .flags = protocol::pubsub | noscript | loading | stale,
   .route = way::fan_out, .run = cmd_punsubscribe, .group = command_group::pubsub,
   .since = "2.0.0", .complexity = "O(N) where N is the number of patterns to unsubscribe.",
   .summary = "Ceases to listen to patterns.", .syntax = "[pattern:pattern...]"},
  {.name = "ssubscribe", .arity = -2, .flags = protocol::pubsub | noscript | loading | stale,
   .keys = shard_channels, .route = way::fan_out, .run = cmd_ssubscribe,
   .group = command_group::pubsub, .since = "7.0.0",
   .complexity = "O(N) where N is the number of shard channels to subscribe to.",
   .summary = "Listens to shard channels.", .syntax = "shardchannel..."},
  {.name = "subscribe", .arity = -2, .flags = protocol::pubsub | noscript | loading | stale,
   .route = way::fan_out, .run = cmd_subscribe, .group = command_group::pubsub, .since = "2.0.0",
   .complexity = "O(N) where N is the number of channels to subscribe to.",
   .summary = "Listens to channels.", .syntax = "channel..."},
  {.name = "sunsubscribe", .arity = -1, .flags = protocol::pubsub | noscript | loading | stale,
   .keys = shard_channels, .route = way::fan_out, .run = cmd_sunsubscribe,
   .group = command_group::pubsub, .since = "7.0.0",
   .complexity = "O(N) where N is the number of shard channels to unsubscribe.",
   .summary = "Ceases to listen to shard channels.", .syntax = "[shardchannel...]"},
  {.name = "unsubscribe", .arity = -1, .flags = protocol::pubsub | noscript | loading | stale,
   .route = way::fan_out, .run = cmd_unsubscribe, .group = command_group::pubsub,
   .since = "2.0.0", .complexity = "O(N) where N is the number of channels to unsubscribe.",
   .summary = "Ceases to listen to channels.", .syntax = "[channel...]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> subscription_rows() noexcept {
  return subscription_table;
}

} // namespace thespis::commands
