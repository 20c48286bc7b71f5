#include "commands/inner_requests.hpp"

#include "commands/execute.hpp"
#include "protocol/errors.hpp"
#include "protocol/scan_cursor.hpp"

#include <new>
#include <optional>
#include <string>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::place;
using keyspace::shard;
using keyspace::shard_map;
using protocol::arguments;
using protocol::way;
using request = protocol::transaction::request;

namespace {

/// Whose the request is, if that is another actor.
std::optional<place> owner_of(const protocol::command_spec& spec) noexcept {
  switch (spec.route) {
    case way::broker:
      return place::broker;
    case way::administrator:
      return place::administrator;
    case way::fan_out:
      return place::fan_out;
    default:
      return std::nullopt;
  }
}

bool is_at(place where, const command_context& ctx) noexcept {
  if (where == place::broker)
    return ctx.exchange != nullptr;
  return where == place::administrator ? ctx.server != nullptr : ctx.subscriptions != nullptr;
}

} // namespace

void inner_requests::run(command_context& outer, const request& what, arguments words) {
  if (const auto owner = owner_of(*what.spec); owner) [[unlikely]] {
    if (!is_at(*owner, outer))
      return outer.move_to(*owner);
    if (*owner == place::broker && teller_ != nullptr)
      teller_->tell_effects();
    return run_elsewhere(outer, *what.spec, words);
  }
  if (what.spec->route == way::session)
    return run_here(outer, outer.shards, *what.spec, words, {});
  if (what.partition == request::many)
    return run_here(outer, outer.shards, *what.spec, words, borrowed_);
  auto& home = outer.shards.at_partition(what.partition);
  shard* const only[] = {&home};
  const shard_map here{home, what.partition, outer.shards.partition_count()};
  if (what.spec->route == way::by_cursor && here.partition_count() > 1)
    run_by_cursor(outer, here, what, words, only);
  else
    run_here(outer, here, *what.spec, words, only);
}

void inner_requests::run_elsewhere(command_context& outer, const protocol::command_spec& spec,
                                   arguments words) {
  if (spec.route != way::fan_out || outer.subscriber != nullptr)
    return run_here(outer, outer.shards, spec, words, {});
  outer.reply.error(protocol::errors::takes_no_messages);
}

void inner_requests::run_here(command_context& outer, const shard_map& shards,
                              const protocol::command_spec& spec, arguments words,
                              std::span<shard* const> borrowed) {
  if (outer.lost_reply || !make_room(outer.reply.buffer())) [[unlikely]] {
    outer.lost_reply = true;
    return;
  }
  const auto errors_before = outer.reply.error_count();
  command_context ctx{outer.reply, outer.client, shards, outer.now};
  ctx.inner = this;
  ctx.scripts = outer.scripts;
  ctx.server = outer.server;
  ctx.exchange = outer.exchange;
  ctx.subscriptions = outer.subscriptions;
  ctx.subscriber = outer.subscriber;
  ctx.may_move = outer.may_move;
  ctx.has_moved = outer.has_moved;
  execute(ctx, spec, words, statistics_, borrowed);
  if (ctx.moves)
    outer.move_to(ctx.moves_to);
  outer.inner_errors += outer.reply.error_count() - errors_before;
}

/// The client's cursor names the partition; there it is another (protocol/scan_cursor.hpp).
void inner_requests::run_by_cursor(command_context& outer, const shard_map& shards,
                                   const request& what, arguments words,
                                   std::span<shard* const> borrowed) try {
  const auto cursor = protocol::parse_scan_cursor(words[1]);
  if (!cursor)
    return run_here(outer, shards, *what.spec, words, borrowed);
  const auto inner = std::to_string(*cursor / shards.partition_count());
  std::vector<std::string_view> changed{words.begin(), words.end()};
  changed[1] = inner;
  auto& replies = outer.reply.buffer();
  const auto start = replies.size();
  run_here(outer, shards, *what.spec, changed, borrowed);
  const std::string reply{replies.view().substr(start)};
  replies.truncate(start);
  protocol::globalize_cursor(reply, what.partition, shards.partition_count(), replies);
} catch (const std::bad_alloc&) {
  outer.lost_reply = true;
}

} // namespace thespis::commands
