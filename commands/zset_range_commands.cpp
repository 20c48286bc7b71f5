/// The commands that reply, count, store or remove a range of a sorted set: by place, by score, by
/// member, upwards and downwards. They differ in what zset_range_spec.hpp reads for them.

#include "commands/rows.hpp"
#include "commands/zset_range_spec.hpp"
#include "commands/zset_value.hpp"

#include <cstdint>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
using types::sorted_set;

namespace {

void reply_range(command_context& ctx, arguments args, const range_grammar& grammar) {
  const auto range = read_range(ctx, args, 2, grammar);
  if (!range)
    return;
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  const auto span = range->in(**value);
  if (ctx.moves_for(span.count))
    return;
  const auto shape = shape_with_scores(ctx.reply, range->with_scores);
  begin_pairs(ctx.reply, shape, span.count);
  (*value)->visit(
    range->first_visited(span), span.count, range->descending,
    [&](std::string_view member, double score) { reply_pair(ctx.reply, shape, member, score); });
}

void reply_count(command_context& ctx, arguments args, range_kind kind) {
  const auto range = read_bounds(ctx, args, kind);
  if (!range)
    return;
  if (const auto value = read_zset(ctx, args[1]))
    ctx.reply.integer(static_cast<std::int64_t>(range->in(**value).count));
}

void remove_range(command_context& ctx, arguments args, range_kind kind, std::string_view event) {
  const auto range = read_bounds(ctx, args, kind);
  if (!range)
    return;
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<sorted_set>(ctx, at))
    return;
  const auto span = range->in(*keyspace::object_ref<sorted_set>{*at});
  if (ctx.moves_for(span.count))
    return;
  opened<sorted_set> value{ctx, args[1], at};
  value->erase_range(span.first, span.count);
  if (span.count != 0)
    value.close(event_class::zset, event, span.count);
  ctx.reply.integer(static_cast<std::int64_t>(span.count));
}

} // namespace

/// ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
///   -> array of members, with scores flat (RESP2) or in pairs (RESP3)
/// Errors: syntax, bounds, WRONGTYPE. Cost: O(log n + members replied), as of all of these.
void cmd_zrange(command_context& ctx, arguments args) {
  reply_range(ctx, args, {});
}

/// ZREVRANGE key start stop [WITHSCORES] -> as ZRANGE REV.
void cmd_zrevrange(command_context& ctx, arguments args) {
  reply_range(ctx, args, {range_kind::rank, range_direction::descending});
}

/// ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count] -> as ZRANGE BYSCORE.
void cmd_zrangebyscore(command_context& ctx, arguments args) {
  reply_range(ctx, args, {range_kind::score, range_direction::ascending});
}

/// ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count] -> as ZRANGE BYSCORE REV.
void cmd_zrevrangebyscore(command_context& ctx, arguments args) {
  reply_range(ctx, args, {range_kind::score, range_direction::descending});
}

/// ZRANGEBYLEX key min max [LIMIT offset count] -> as ZRANGE BYLEX.
void cmd_zrangebylex(command_context& ctx, arguments args) {
  reply_range(ctx, args, {range_kind::lex, range_direction::ascending});
}

/// ZREVRANGEBYLEX key max min [LIMIT offset count] -> as ZRANGE BYLEX REV.
void cmd_zrevrangebylex(command_context& ctx, arguments args) {
  reply_range(ctx, args, {range_kind::lex, range_direction::descending});
}

/// ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] -> members stored
/// Errors: syntax, bounds, WRONGTYPE of src. Cost: O(log n + members stored).
void cmd_zrangestore(command_context& ctx, arguments args) {
  const auto range = read_range(ctx, args, 3, {.stores = true});
  if (!range)
    return;
  const auto value = read_zset(ctx, args[2]);
  if (!value)
    return;
  const auto limits = zset_limits_at(ctx, args[1]);
  const auto span = range->in(**value);
  if (ctx.moves_for(span.count))
    return;
  sorted_set result;
  // As in Redis, only places tell beforehand how many it will be: OBJECT ENCODING and -0 show it.
  if (range->kind == range_kind::rank)
    result.expect(span.count, 0, limits);
  (*value)->visit(
    range->first_visited(span), span.count, range->descending,
    [&](std::string_view member, double score) { result.insert(member, score, limits); });
  const auto size = store_collection(ctx, args[1], std::move(result), event_class::zset,
                                     "zrangestore");
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

/// ZCOUNT key min max -> members with scores in the range. Errors: bounds, WRONGTYPE. Cost: O(log
/// n).
void cmd_zcount(command_context& ctx, arguments args) {
  reply_count(ctx, args, range_kind::score);
}

/// ZLEXCOUNT key min max -> members in the range. Errors: bounds, WRONGTYPE. Cost: O(log n).
void cmd_zlexcount(command_context& ctx, arguments args) {
  reply_count(ctx, args, range_kind::lex);
}

/// ZREMRANGEBYRANK key start stop -> members removed
/// Errors: bounds, WRONGTYPE. Cost: O(log n) and O(log n) for each, as of the following.
void cmd_zremrangebyrank(command_context& ctx, arguments args) {
  remove_range(ctx, args, range_kind::rank, "zremrangebyrank");
}

/// ZREMRANGEBYSCORE key min max -> members removed.
void cmd_zremrangebyscore(command_context& ctx, arguments args) {
  remove_range(ctx, args, range_kind::score, "zremrangebyscore");
}

/// ZREMRANGEBYLEX key min max -> members removed.
void cmd_zremrangebylex(command_context& ctx, arguments args) {
  remove_range(ctx, args, range_kind::lex, "zremrangebylex");
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec range_store_keys[] = {
  {.flags = key_ow | key_update, .position = 1},
  {.flags = key_ro | key_access, .position = 2},
};

constexpr command_spec zset_range_table[] = {
  {.name = "zcount", .arity = 4, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zcount,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity = "O(log(N)) with N being the number of elements in the sorted set.",
   .summary = "Counts the members of a sorted set whose scores lie in a range.",
   .syntax = "key min:double max:double"},
  {.name = "zlexcount", .arity = 4, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zlexcount,
   .group = command_group::sorted_set, .since = "2.8.9",
   .complexity = "O(log(N)) with N being the number of elements in the sorted set.",
   .summary = "Counts the members of a sorted set that lie in an alphabetical range.",
   .syntax = "key min max"},
  {.name = "zrange", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrange,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements returned.",
   .summary = "Replies with a range of a sorted set: by place, by score or alphabetical.",
   .syntax =
     "key start stop [sortby(BYSCORE|BYLEX)@6.2.0] [REV@6.2.0] [LIMIT limit{offset:integer "
     "count:integer}@6.2.0] [WITHSCORES]"},
  {.name = "zrangebylex", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrangebylex,
   .group = command_group::sorted_set, .since = "2.8.9",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements being returned. If M is constant (e.g. always asking for the first 10 elements with"
     " LIMIT), you can consider it O(log(N)).",
   .summary = "Replies with the members of a sorted set that lie in an alphabetical range.",
   .syntax = "key min max [LIMIT limit{offset:integer count:integer}]",
   .deprecated_since = "6.2.0",
   .replaced_by = "`ZRANGE` with the `BYLEX` argument"},
  {.name = "zrangebyscore", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrangebyscore,
   .group = command_group::sorted_set, .since = "1.0.5",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements being returned. If M is constant (e.g. always asking for the first 10 elements with"
     " LIMIT), you can consider it O(log(N)).",
   .summary = "Replies with the members of a sorted set whose scores lie in a range.",
   .syntax =
     "key min:double max:double [WITHSCORES@2.0.0] [LIMIT limit{offset:integer count:integer}]",
   .deprecated_since = "6.2.0",
   .replaced_by = "`ZRANGE` with the `BYSCORE` argument"},
  {.name = "zrangestore", .arity = -5, .flags = write | denyoom, .acl = acl_sortedset,
   .keys = range_store_keys, .route = way::borrow, .run = cmd_zrangestore,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements stored into the destination key.",
   .summary = "Stores a range of a sorted set under another key.",
   .syntax =
     "dst#0 src#1 min max [sortby(BYSCORE|BYLEX)] [REV] [LIMIT limit{offset:integer "
     "count:integer}]"},
  {.name = "zremrangebylex", .arity = 4, .flags = write, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_zremrangebylex,
   .group = command_group::sorted_set, .since = "2.8.9",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements removed by the operation.",
   .summary = "Removes the members of a sorted set that lie in an alphabetical range.",
   .syntax = "key min max"},
  {.name = "zremrangebyrank", .arity = 4, .flags = write, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_zremrangebyrank,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements removed by the operation.",
   .summary = "Removes the members of a sorted set whose places lie in a range.",
   .syntax = "key start:integer stop:integer"},
  {.name = "zremrangebyscore", .arity = 4, .flags = write, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_zremrangebyscore,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements removed by the operation.",
   .summary = "Removes the members of a sorted set whose scores lie in a range.",
   .syntax = "key min:double max:double"},
  {.name = "zrevrange", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrevrange,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements returned.",
   .summary = "Replies with the members in a range of places, the highest score first.",
   .syntax = "key start:integer stop:integer [WITHSCORES]",
   .deprecated_since = "6.2.0",
   .replaced_by = "`ZRANGE` with the `REV` argument"},
  {.name = "zrevrangebylex", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrevrangebylex,
   .group = command_group::sorted_set, .since = "2.8.9",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements being returned. If M is constant (e.g. always asking for the first 10 elements with"
     " LIMIT), you can consider it O(log(N)).",
   .summary = "Replies with the members in an alphabetical range, the last one first.",
   .syntax = "key max min [LIMIT limit{offset:integer count:integer}]",
   .deprecated_since = "6.2.0",
   .replaced_by = "`ZRANGE` with the `REV` and `BYLEX` arguments"},
  {.name = "zrevrangebyscore", .arity = -4, .flags = readonly, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrevrangebyscore,
   .group = command_group::sorted_set, .since = "2.2.0",
   .complexity =
     "O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
     "elements being returned. If M is constant (e.g. always asking for the first 10 elements with"
     " LIMIT), you can consider it O(log(N)).",
   .summary = "Replies with the members in a range of scores, the highest score first.",
   .syntax = "key max:double min:double [WITHSCORES] [LIMIT limit{offset:integer count:integer}]",
   .deprecated_since = "6.2.0",
   .replaced_by = "`ZRANGE` with the `REV` and `BYSCORE` arguments"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_range_rows() noexcept {
  return zset_range_table;
}

} // namespace thespis::commands
