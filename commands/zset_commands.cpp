/// The commands of sorted sets that name members: ZADD and ZINCRBY, ZREM, and those that ask for
/// scores and places.

#include "base/ascii.hpp"
#include "commands/rows.hpp"
#include "commands/zset_add.hpp"
#include "commands/zset_value.hpp"
#include "protocol/argument_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using protocol::argument_reader;
using protocol::arguments;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

zadd_options read_zadd_options(argument_reader& in) {
  zadd_options out;
  for (;; in.skip(1)) {
    const auto word = in.peek();
    // A score begins with no letter that an option begins with, but for "inf".
    if (word.size() < 2 || word.size() > 4 || word[0] < 'A')
      break;
    if (equals_nocase(word, "nx"))
      out.nx = true;
    else if (equals_nocase(word, "xx"))
      out.xx = true;
    else if (equals_nocase(word, "gt"))
      out.gt = true;
    else if (equals_nocase(word, "lt"))
      out.lt = true;
    else if (equals_nocase(word, "ch"))
      out.ch = true;
    else if (equals_nocase(word, "incr"))
      out.incr = true;
    else
      break;
  }
  return out;
}

void check_zadd(argument_reader& in, const zadd_options& options) {
  if (in.left() == 0 || in.left() % 2 != 0)
    in.fail(errors::syntax);
  if (options.nx && options.xx)
    in.fail(errors::zadd_xx_and_nx);
  if ((options.gt && options.nx) || (options.lt && options.nx) || (options.gt && options.lt))
    in.fail(errors::zadd_gt_lt_nx);
  if (options.incr && in.left() > 2)
    in.fail(errors::zadd_incr_single);
}

/// ZADD, and ZINCRBY, which as in Redis takes an option's name for an option, too, and then lacks a
/// word.
void read_and_add(command_context& ctx, arguments args, bool increments) {
  argument_reader in{args, 2};
  auto options = read_zadd_options(in);
  options.incr = options.incr || increments;
  check_zadd(in, options);
  const auto pairs = in.rest();
  const auto count = pairs.size() / 2;
  std::array<double, 16> few;
  std::vector<double> many(count > few.size() ? count : 0);
  auto* const scores = many.empty() ? few.data() : many.data();
  for (std::size_t i = 0; i < count && in.more(); ++i) {
    scores[i] = in.number();
    in.skip(1);
  }
  if (in.failed())
    return ctx.reply.error(in.error());
  add_members(ctx, args[1], {pairs, 2}, scores, options);
}

/// ZRANK and ZREVRANK.
void reply_rank(command_context& ctx, arguments args, bool descending) {
  if (args.size() > 4)
    return ctx.reply.error(errors::wrong_arity(ctx.spec->name));
  const bool with_score = args.size() == 4;
  if (with_score && !equals_nocase(args[3], "withscore"))
    return ctx.reply.error(errors::syntax);
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  const auto at = (*value)->find(args[2]);
  if (!at)
    return with_score ? ctx.reply.null_array() : ctx.reply.null();
  const auto rank = (*value)->rank_of(at);
  if (with_score)
    ctx.reply.array(2);
  ctx.reply.integer(static_cast<std::int64_t>(descending ? (*value)->size() - 1 - rank : rank));
  if (with_score)
    ctx.reply.dbl(at.score());
}

} // namespace

/// ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member …]
///   -> members added (CH: or changed); INCR: the score | null
/// Errors: syntax, options that exclude each other, float, WRONGTYPE, NaN. Cost: O(log n) each.
void cmd_zadd(command_context& ctx, arguments args) {
  read_and_add(ctx, args, false);
}

/// ZINCRBY key increment member -> the score. Errors: float, WRONGTYPE, NaN. Cost: O(log n).
void cmd_zincrby(command_context& ctx, arguments args) {
  read_and_add(ctx, args, true);
}

/// ZREM key member [member …] -> members removed. Errors: WRONGTYPE. Cost: O(log n) each.
void cmd_zrem(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<sorted_set>(ctx, at))
    return;
  opened<sorted_set> value{ctx, args[1], at};
  std::size_t removed = 0;
  for (const auto member : args.subspan(2)) {
    auto place = value->find(member);
    if (!place)
      continue;
    value->erase(place);
    ++removed;
  }
  if (removed != 0)
    value.close(event_class::zset, "zrem", removed);
  ctx.reply.integer(static_cast<std::int64_t>(removed));
}

/// ZCARD key -> number of members. Errors: WRONGTYPE. Cost: O(1).
void cmd_zcard(command_context& ctx, arguments args) {
  if (const auto value = read_zset(ctx, args[1]))
    ctx.reply.integer(static_cast<std::int64_t>((*value)->size()));
}

/// ZSCORE key member -> double | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_zscore(command_context& ctx, arguments args) {
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  if (const auto at = (*value)->find(args[2]); at)
    ctx.reply.dbl(at.score());
  else
    ctx.reply.null();
}

/// ZMSCORE key member [member …] -> array of doubles and nulls. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_zmscore(command_context& ctx, arguments args) {
  const auto value = read_zset(ctx, args[1]);
  if (!value)
    return;
  ctx.reply.array(args.size() - 2);
  for (const auto member : args.subspan(2))
    if (const auto at = (*value)->find(member); at)
      ctx.reply.dbl(at.score());
    else
      ctx.reply.null();
}

/// ZRANK key member [WITHSCORE] -> place from 0 | [place, score] | null
/// Errors: syntax, WRONGTYPE. Cost: O(log n).
void cmd_zrank(command_context& ctx, arguments args) {
  reply_rank(ctx, args, false);
}

/// ZREVRANK key member [WITHSCORE] -> as ZRANK, counted from the highest score.
void cmd_zrevrank(command_context& ctx, arguments args) {
  reply_rank(ctx, args, true);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec zset_table[] = {
  {.name = "zadd", .arity = -4, .flags = write | denyoom | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_zadd,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity =
     "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
   .summary = "Adds members with their scores to a sorted set, or gives them other scores.",
   .syntax =
     "key [condition(NX|XX)@3.0.2] [comparison(GT|LT)@6.2.0] [CH change:token@3.0.2] [INCR "
     "increment:token@3.0.2] data{score:double member}..."},
  {.name = "zcard", .arity = 2, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_zcard,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity = "O(1)",
   .summary = "Counts the members of a sorted set.",
   .syntax = "key"},
  {.name = "zincrby", .arity = 4, .flags = write | denyoom | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_zincrby,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity = "O(log(N)) where N is the number of elements in the sorted set.",
   .summary = "Adds a number to the score of a member of a sorted set.",
   .syntax = "key increment:integer member"},
  {.name = "zmscore", .arity = -3, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zmscore,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity = "O(N) where N is the number of members being requested.",
   .summary = "Replies with the scores of several members of a sorted set.",
   .syntax = "key member..."},
  {.name = "zrank", .arity = -3, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrank,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity = "O(log(N))",
   .summary = "Replies with the place of a member, counted from the lowest score.",
   .syntax = "key member [WITHSCORE]"},
  {.name = "zrem", .arity = -3, .flags = write | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_zrem,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity =
     "O(M*log(N)) with N being the number of elements in the sorted set and M the number of "
     "elements to be removed.",
   .summary = "Removes members from a sorted set, and the key with the last of them.",
   .syntax = "key member..."},
  {.name = "zrevrank", .arity = -3, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zrevrank,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity = "O(log(N))",
   .summary = "Replies with the place of a member, counted from the highest score.",
   .syntax = "key member [WITHSCORE]"},
  {.name = "zscore", .arity = 3, .flags = readonly | fast, .acl = acl_sortedset,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_zscore,
   .group = command_group::sorted_set, .since = "1.2.0",
   .complexity = "O(1)",
   .summary = "Replies with the score of a member of a sorted set.",
   .syntax = "key member"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_rows() noexcept {
  return zset_table;
}

} // namespace thespis::commands
