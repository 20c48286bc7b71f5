/// The commands of sorted sets that wait where there is nothing: BZPOPMIN, BZPOPMAX, BZMPOP. They
/// run again when a key that they wait for has changed, as those of lists do.

#include "commands/block_timeout.hpp"
#include "commands/rows.hpp"
#include "commands/zset_pop.hpp"

namespace thespis::commands {

using keyspace::command_context;
using keyspace::value_type;
using protocol::arguments;
using types::sorted_set;

namespace {

/// BZPOPMIN and BZPOPMAX.
void pop_or_wait(command_context& ctx, arguments args, zset_end end) {
  const auto until_ms = read_block_timeout(ctx, args.back());
  if (!until_ms)
    return;
  const auto keys = args.subspan(1, args.size() - 2);
  for (const auto key : keys) {
    if (!ctx.shards.covers(key))
      continue;
    auto at = ctx.find_to_write(key);
    if (!at)
      continue;
    if (!is_not<sorted_set>(ctx, at)) {
      ctx.reply.array(3);
      ctx.reply.bulk(key);
      pop_members(ctx, key, at, end, 1, pair_shape::open);
      ctx.replay_as(key, {end == zset_end::min ? "ZPOPMIN" : "ZPOPMAX", key});
    }
    return;
  }
  ctx.wait_for({.keys = keys, .wanted = value_type::zset, .until_ms = *until_ms});
}

} // namespace

/// BZPOPMIN key [key …] timeout -> [key, member, score] | null at the end of the time
/// Errors: timeout, WRONGTYPE. Cost: O(number of keys + log n).
void cmd_bzpopmin(command_context& ctx, arguments args) {
  pop_or_wait(ctx, args, zset_end::min);
}

/// BZPOPMAX key [key …] timeout -> as BZPOPMIN, from the highest score on.
void cmd_bzpopmax(command_context& ctx, arguments args) {
  pop_or_wait(ctx, args, zset_end::max);
}

/// BZMPOP timeout numkeys key [key …] MIN | MAX [COUNT count] -> [key, [[member, score] …]] | null
/// Errors: numkeys, syntax, count, timeout, WRONGTYPE. Cost: O(keys) and O(log n) for each member.
void cmd_bzmpop(command_context& ctx, arguments args) {
  const auto wanted = read_many_zset_pop(ctx, args, 2);
  const auto until_ms = wanted ? read_block_timeout(ctx, args[1]) : std::nullopt;
  if (until_ms && !pop_from_first(ctx, *wanted))
    ctx.wait_for({.keys = wanted->keys, .wanted = value_type::zset, .until_ms = *until_ms});
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec bzpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1, .last_key = -2},
};
constexpr key_spec bzmpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 2, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec zset_blocking_table[] = {
  {.name = "bzmpop", .arity = -5, .flags = write | blocking, .acl = acl_sortedset,
   .keys = bzmpop_keys, .route = way::borrow, .run = cmd_bzmpop,
   .group = command_group::sorted_set, .since = "7.0.0",
   .complexity =
     "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in"
     " the sorted set, and M being the number of elements popped.",
   .summary =
     "Takes members with the lowest or highest scores out of the first sorted set that has any, or"
     " waits for one.",
   .syntax = "timeout:double numkeys:integer key... where(MIN|MAX) [COUNT count:integer]"},
  {.name = "bzpopmax", .arity = -3, .flags = write | fast | blocking, .acl = acl_sortedset,
   .keys = bzpop_keys, .route = way::borrow, .run = cmd_bzpopmax,
   .group = command_group::sorted_set, .since = "5.0.0",
   .complexity = "O(log(N)) with N being the number of elements in the sorted set.",
   .summary = "Takes the member with the highest score out of a sorted set, or waits for one.",
   .syntax = "key... timeout:double"},
  {.name = "bzpopmin", .arity = -3, .flags = write | fast | blocking, .acl = acl_sortedset,
   .keys = bzpop_keys, .route = way::borrow, .run = cmd_bzpopmin,
   .group = command_group::sorted_set, .since = "5.0.0",
   .complexity = "O(log(N)) with N being the number of elements in the sorted set.",
   .summary = "Takes the member with the lowest score out of a sorted set, or waits for one.",
   .syntax = "key... timeout:double"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_blocking_rows() noexcept {
  return zset_blocking_table;
}

} // namespace thespis::commands
