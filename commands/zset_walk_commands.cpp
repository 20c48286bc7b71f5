/// The commands that go through a sorted set without regard to its order: ZSCAN piece by piece,
/// ZRANDMEMBER by chance.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/sampling.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/scan_options.hpp"
#include "commands/zset_value.hpp"
#include "protocol/argument_reader.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::argument_reader;
using protocol::arguments;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

// -- ZRANDMEMBER ---------------------------------------------------------------------------------

void reply_at(command_context& ctx, const sorted_set& value, std::size_t place, pair_shape shape) {
  value.visit(place, 1, false, [&](std::string_view member, double score) {
    reply_pair(ctx.reply, shape, member, score);
  });
}

/// REQUIRES: 0 < count <= size.
void reply_distinct(command_context& ctx, const sorted_set& value, base::random_bits& random,
                    std::size_t count, pair_shape shape) {
  const auto size = value.size();
  begin_pairs(ctx.reply, shape, count);
  if (!value.is_packed() && base::are_few(count, size))
    return base::visit_distinct(
      count, [&] { return random.below(size); }, [](std::uint64_t place) { return place; },
      [&](std::uint64_t place) { reply_at(ctx, value, place, shape); });
  base::selection choice{count, size, random};
  value.visit_all([&](std::string_view member, double score) {
    if (choice.take())
      reply_pair(ctx.reply, shape, member, score);
  });
}

/// ZRANDMEMBER with a count: different members, or (negative) whichever come.
void reply_several(command_context& ctx, std::string_view key, std::int64_t count,
                   bool with_scores) {
  const auto value = read_zset(ctx, key);
  if (!value)
    return;
  const auto size = (*value)->size();
  if (count == 0 || size == 0)
    return ctx.reply.array(0);
  if (ctx.moves_for(base::picks(count, size)))
    return;
  auto& random = ctx.home(key).random;
  const auto shape = shape_with_scores(ctx.reply, with_scores);
  if (count < 0) {
    auto left = base::repeated_picks(count);
    begin_pairs(ctx.reply, shape, left);
    for (; left > 0; --left)
      reply_at(ctx, **value, random.below(size), shape);
    return;
  }
  reply_distinct(ctx, **value, random, std::min<std::size_t>(static_cast<std::size_t>(count), size),
                 shape);
}

} // namespace

/// ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES] -> [next cursor, [member, score …]]
/// Errors: cursor, WRONGTYPE, and, if there is a sorted set, syntax and count. Cost: O(COUNT).
void cmd_zscan(command_context& ctx, arguments args) {
  const auto cursor = protocol::parse_scan_cursor(args[2]);
  if (!cursor)
    return ctx.reply.error(errors::invalid_cursor);
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  const auto options = (*value)->size() == 0 ? scan_options{}
                                             : read_scan_options(ctx, args, scan_of_scores);
  if (!options)
    return;
  std::vector<std::pair<std::string_view, double>> found;
  const auto next = (*value)->scan(*cursor, options->count,
                                   [&](std::string_view member, double score) {
                                     if (options->want(member))
                                       found.emplace_back(member, score);
                                   });
  reply_scan_cursor(ctx.reply, next);
  ctx.reply.array(options->bare ? found.size() : found.size() * 2);
  char text[40];
  for (const auto& [member, score] : found) {
    ctx.reply.bulk(member);
    if (options->bare)
      continue;
    // As in Redis, always text, and with all 17 digits unless the set is packed.
    ctx.reply.bulk((*value)->is_packed() ? base::format_double(score, text)
                                         : base::format_double_17(score, text));
  }
}

/// ZRANDMEMBER key [count [WITHSCORES]] -> bulk string | null; with a count an array, with scores
/// flat (RESP2) or in pairs (RESP3)
/// Errors: count, syntax, WRONGTYPE. Cost: O(log n) for each member.
void cmd_zrandmember(command_context& ctx, arguments args) {
  if (args.size() == 2) {
    const auto value = read_zset(ctx, args[1]);
    if (!value)
      return;
    if (const auto size = (*value)->size(); size != 0)
      return reply_at(ctx, **value, ctx.home(args[1]).random.below(size), pair_shape::members);
    return ctx.reply.null();
  }
  argument_reader in{args, 2};
  const auto count = in.integer_in(-int64_max, int64_max);
  const bool with_scores = in.option("withscores");
  in.finish();
  if (with_scores && (count < -(int64_max / 2) || count > int64_max / 2))
    in.fail(errors::out_of_range);
  if (in.failed())
    return ctx.reply.error(in.error());
  reply_several(ctx, args[1], count, with_scores);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec zset_walk_table[] = {
  {.name = "zrandmember", .arity = -2, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrandmember,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity = "O(N) where N is the number of members returned",
   .summary = "Replies with members of a sorted set that are picked at random.",
   .syntax = "key [options{count:integer [WITHSCORES]}]",
   .tips = "nondeterministic_output"},
  {.name = "zscan", .arity = -3, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zscan,
   .group = command_group::sorted_set, .since = "2.8.0",
   .complexity =
     "O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
     "cursor to return back to 0. N is the number of elements inside the collection.",
   .summary = "Walks through the members and scores of a sorted set, a few with each call.",
   .syntax = "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer] [NOSCORES]",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_walk_rows() noexcept {
  return zset_walk_table;
}

} // namespace thespis::commands
