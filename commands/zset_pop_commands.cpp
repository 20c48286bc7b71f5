/// The commands that take members from an end of a sorted set: ZPOPMIN, ZPOPMAX and ZMPOP.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/zset_pop.hpp"
#include "protocol/argument_reader.hpp"

#include <algorithm>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using protocol::argument_reader;
using protocol::arguments;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

/// ZPOPMIN and ZPOPMAX.
void pop(command_context& ctx, arguments args, zset_end end) {
  if (args.size() > 3)
    return ctx.reply.error(errors::syntax);
  std::int64_t count = 1;
  if (args.size() == 3) {
    argument_reader in{args, 2};
    count = in.natural();
    if (in.failed())
      return ctx.reply.error(in.error());
  }
  auto at = ctx.find_to_write(args[1]);
  if (at && is_not<sorted_set>(ctx, at))
    return;
  if (!at || count == 0)
    return ctx.reply.array(0);
  const bool nested = args.size() == 3 && ctx.reply.protocol() != 2;
  pop_members(ctx, args[1], at, end, static_cast<std::size_t>(count),
              nested ? pair_shape::nested : pair_shape::flat);
}

} // namespace

std::size_t pop_members(command_context& ctx, std::string_view key, keyspace::database::slot& at,
                        zset_end end, std::size_t count, pair_shape shape) {
  opened<sorted_set> value{ctx, key, at};
  const auto size = value->size();
  count = std::min(count, size);
  begin_pairs(ctx.reply, shape, count);
  const bool from_max = end == zset_end::max;
  value->visit(
    from_max ? size - 1 : 0, count, from_max,
    [&](std::string_view member, double score) { reply_pair(ctx.reply, shape, member, score); });
  value->erase_range(from_max ? size - count : 0, count);
  value.close(event_class::zset, from_max ? "zpopmax" : "zpopmin", count);
  return count;
}

std::optional<zset_end> parse_zset_end(std::string_view word) noexcept {
  if (equals_nocase(word, "min"))
    return zset_end::min;
  if (equals_nocase(word, "max"))
    return zset_end::max;
  return std::nullopt;
}

std::optional<many_zset_pop> read_many_zset_pop(command_context& ctx, arguments args,
                                                std::size_t first) {
  argument_reader in{args, first};
  const auto key_count = in.integer_in(1, int64_max, errors::key_count_not_positive);
  const auto keys = in.next(static_cast<std::size_t>(key_count));
  const auto end = parse_zset_end(in.next());
  if (!end)
    in.fail(errors::syntax);
  std::int64_t count = 1;
  if (in.option("count", 1))
    count = in.integer_in(1, int64_max, errors::count_not_positive);
  in.finish();
  if (!in.failed())
    return many_zset_pop{keys, *end, static_cast<std::size_t>(count)};
  ctx.reply.error(in.error());
  return std::nullopt;
}

bool pop_from_first(command_context& ctx, const many_zset_pop& wanted) {
  for (const auto key : wanted.keys) {
    if (!ctx.shards.covers(key))
      continue;
    auto at = ctx.find_to_write(key);
    if (!at)
      continue;
    if (is_not<sorted_set>(ctx, at))
      return true;
    ctx.reply.array(2);
    ctx.reply.bulk(key);
    const auto popped = pop_members(ctx, key, at, wanted.end, wanted.count, pair_shape::nested);
    char digits[24];
    ctx.replay_as(key, {wanted.end == zset_end::min ? "ZPOPMIN" : "ZPOPMAX", key,
                        base::format_int64(static_cast<std::int64_t>(popped), digits)});
    return true;
  }
  return false;
}

/// ZPOPMIN key [count] -> array of member, score …; with a count in RESP3 in pairs
/// Errors: count, syntax, WRONGTYPE. Cost: O(log n) for each member.
void cmd_zpopmin(command_context& ctx, arguments args) {
  pop(ctx, args, zset_end::min);
}

/// ZPOPMAX key [count] -> as ZPOPMIN, from the highest score on.
void cmd_zpopmax(command_context& ctx, arguments args) {
  pop(ctx, args, zset_end::max);
}

/// ZMPOP numkeys key [key …] MIN | MAX [COUNT count] -> [key, [[member, score] …]] | null
/// Errors: numkeys, syntax, count, WRONGTYPE. Cost: O(keys) and O(log n) for each member.
void cmd_zmpop(command_context& ctx, arguments args) {
  const auto wanted = read_many_zset_pop(ctx, args, 1);
  if (wanted && !pop_from_first(ctx, *wanted))
    ctx.reply.null_array();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec zmpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec zset_pop_table[] = {
  {.name = "zmpop", .arity = -4, .flags = write, .acl = acl_sortedset,
   .keys = zmpop_keys, .route = way::borrow, .run = cmd_zmpop,
   .group = command_group::sorted_set, .since = "7.0.0",
   .complexity =
     "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in"
     " the sorted set, and M being the number of elements popped.",
   .summary =
     "Takes members with the lowest or highest scores out of the first sorted set that has any.",
   .syntax = "numkeys:integer key... where(MIN|MAX) [COUNT count:integer]"},
  {.name = "zpopmax", .arity = -2, .flags = write | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_zpopmax,
   .group = command_group::sorted_set, .since = "5.0.0",
   .complexity =
     "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of"
     " elements popped.",
   .summary = "Takes the members with the highest scores out of a sorted set.",
   .syntax = "key [count:integer]"},
  {.name = "zpopmin", .arity = -2, .flags = write | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_zpopmin,
   .group = command_group::sorted_set, .since = "5.0.0",
   .complexity =
     "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of"
     " elements popped.",
   .summary = "Takes the members with the lowest scores out of a sorted set.",
   .syntax = "key [count:integer]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_pop_rows() noexcept {
  return zset_pop_table;
}

} // namespace thespis::commands
