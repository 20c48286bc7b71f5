/// ZUNION, ZINTER, ZDIFF, those that store what these reply, and ZINTERCARD. All keys are seen
/// together, in whichever partitions they are.

#include "base/ascii.hpp"
#include "commands/key_list.hpp"
#include "commands/rows.hpp"
#include "commands/zset_algebra.hpp"
#include "commands/zset_value.hpp"
#include "protocol/argument_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::argument_reader;
using protocol::arguments;
using types::sorted_set;
namespace errors = protocol::errors;

namespace {

enum class operation : std::uint8_t { unite, intersect, subtract, count };

/// Which options a command has.
struct algebra_grammar {
  operation what;
  bool stores = false;

  bool has_weights() const noexcept {
    return what == operation::unite || what == operation::intersect;
  }
  bool has_scores() const noexcept {
    return !stores && what != operation::count;
  }
};

struct algebra_request {
  scored_inputs inputs;
  aggregation how = aggregation::sum;
  bool with_scores = false;
  std::size_t limit = 0;
};

aggregation read_aggregation(argument_reader& in) {
  if (in.option("sum"))
    return aggregation::sum;
  if (in.option("min"))
    return aggregation::min;
  if (in.option("max"))
    return aggregation::max;
  in.fail(errors::syntax);
  return aggregation::sum;
}

void read_options(argument_reader& in, const algebra_grammar& grammar, algebra_request& out) {
  while (in.more()) {
    if (grammar.has_weights() && in.option("weights", out.inputs.size())) {
      for (auto& input : out.inputs)
        input.weight = in.number(errors::weight_not_a_float);
    } else if (grammar.has_weights() && in.option("aggregate", 1)) {
      out.how = read_aggregation(in);
    } else if (grammar.has_scores() && in.option("withscores")) {
      out.with_scores = true;
    } else if (grammar.what == operation::count && in.option("limit", 1)) {
      out.limit = read_limit(in);
    } else {
      in.fail(errors::syntax);
    }
  }
}

std::size_t members_of(const scored_inputs& inputs) noexcept {
  std::size_t count = 0;
  for (const auto& each : inputs)
    count += each.size();
  return count;
}

/// Reads the request from the number of keys at index `first` on. As in Redis, keys are looked up
/// before the options are read. Empty: an error has been replied, or the request moves.
std::optional<algebra_request> read_request(command_context& ctx, arguments args, std::size_t first,
                                            const algebra_grammar& grammar) {
  argument_reader in{args, first};
  const auto keys = read_keys(in, ctx.spec->name);
  if (in.failed()) {
    ctx.reply.error(in.error());
    return std::nullopt;
  }
  auto inputs = read_inputs(ctx, keys);
  if (!inputs)
    return std::nullopt;
  algebra_request out;
  out.inputs = std::move(*inputs);
  read_options(in, grammar, out);
  if (!in.failed() && !ctx.moves_for(members_of(out.inputs)))
    return out;
  if (in.failed())
    ctx.reply.error(in.error());
  return std::nullopt;
}

scored_members compute(algebra_request& request, operation what) {
  switch (what) {
    case operation::unite:
      return unite(request.inputs, request.how);
    case operation::intersect:
      return intersect(request.inputs, request.how);
    default:
      return subtract(request.inputs);
  }
}

void reply_result(command_context& ctx, arguments args, operation what) {
  auto request = read_request(ctx, args, 1, {what});
  if (!request)
    return;
  const auto members = compute(*request, what);
  const auto shape = shape_with_scores(ctx.reply, request->with_scores);
  begin_pairs(ctx.reply, shape, members.size());
  for (const auto& [member, score] : members)
    reply_pair(ctx.reply, shape, member, score);
}

void store_result(command_context& ctx, arguments args, operation what, std::string_view event) {
  sorted_set result;
  {
    auto request = read_request(ctx, args, 2, {what, true});
    if (!request)
      return;
    const auto members = compute(*request, what);
    const auto limits = zset_limits_at(ctx, args[1]);
    std::size_t longest = 0;
    for (const auto& each : members)
      longest = std::max(longest, each.member.size());
    result.expect(members.size(), longest, limits);
    for (const auto& [member, score] : members)
      result.insert(member, score, limits);
  }
  const auto size = store_collection(ctx, args[1], std::move(result), event_class::zset, event);
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

} // namespace

/// ZUNION numkeys key [key …] [WEIGHTS w …] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]
///   -> array of members, with scores flat (RESP2) or in pairs (RESP3)
/// Errors: numkeys, syntax, weight, WRONGTYPE (plain sets are welcome). Cost: see unite().
void cmd_zunion(command_context& ctx, arguments args) {
  reply_result(ctx, args, operation::unite);
}

/// ZINTER -> as ZUNION. Cost: see intersect().
void cmd_zinter(command_context& ctx, arguments args) {
  reply_result(ctx, args, operation::intersect);
}

/// ZDIFF numkeys key [key …] [WITHSCORES] -> as ZUNION. Cost: see subtract().
void cmd_zdiff(command_context& ctx, arguments args) {
  reply_result(ctx, args, operation::subtract);
}

/// ZUNIONSTORE dst numkeys key [key …] [WEIGHTS w …] [AGGREGATE SUM | MIN | MAX] -> members stored
/// Errors: as ZUNION. Cost: as ZUNION, and O(log n) for each member stored.
void cmd_zunionstore(command_context& ctx, arguments args) {
  store_result(ctx, args, operation::unite, "zunionstore");
}

/// ZINTERSTORE -> as ZUNIONSTORE.
void cmd_zinterstore(command_context& ctx, arguments args) {
  store_result(ctx, args, operation::intersect, "zinterstore");
}

/// ZDIFFSTORE dst numkeys key [key …] -> as ZUNIONSTORE.
void cmd_zdiffstore(command_context& ctx, arguments args) {
  store_result(ctx, args, operation::subtract, "zdiffstore");
}

/// ZINTERCARD numkeys key [key …] [LIMIT n] -> members that all inputs have
/// Errors: numkeys, syntax, limit, WRONGTYPE. Cost: as ZINTER, but without sorting.
void cmd_zintercard(command_context& ctx, arguments args) {
  if (auto request = read_request(ctx, args, 1, {operation::count}))
    ctx.reply.integer(
      static_cast<std::int64_t>(count_intersection(request->inputs, request->limit)));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec input_keys[] = {
  {.flags = key_ro | key_access, .position = 1, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr key_spec zstore_keys[] = {
  {.flags = key_ow | key_update, .position = 1},
  {.flags = key_ro | key_access, .position = 2, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec zset_algebra_table[] = {
  {.name = "zdiff", .arity = -3, .flags = readonly, .acl = acl_sortedset,
   .keys = input_keys, .route = way::borrow, .run = cmd_zdiff,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity =
     "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is "
     "the size of the first set, and K is the size of the result set.",
   .summary = "Replies with the members of a sorted set that no other one has.",
   .syntax = "numkeys:integer key... [WITHSCORES]"},
  {.name = "zdiffstore", .arity = -4, .flags = write | denyoom, .acl = acl_sortedset,
   .keys = zstore_keys, .route = way::borrow, .run = cmd_zdiffstore,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity =
     "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is "
     "the size of the first set, and K is the size of the result set.",
   .summary = "Stores the members of a sorted set that no other one has.",
   .syntax = "destination#0 numkeys:integer key#1..."},
  {.name = "zinter", .arity = -3, .flags = readonly, .acl = acl_sortedset,
   .keys = input_keys, .route = way::borrow, .run = cmd_zinter,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity =
     "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number"
     " of input sorted sets and M being the number of elements in the resulting sorted set.",
   .summary = "Replies with the members that several sorted sets share, their scores combined.",
   .syntax =
     "numkeys:integer key... [WEIGHTS weight:integer...] [AGGREGATE aggregate(SUM|MIN|MAX)] "
     "[WITHSCORES]"},
  {.name = "zintercard", .arity = -3, .flags = readonly, .acl = acl_sortedset,
   .keys = input_keys, .route = way::borrow, .run = cmd_zintercard,
   .group = command_group::sorted_set, .since = "7.0.0",
   .complexity =
     "O(N*K) worst case with N being the smallest input sorted set, K being the number of input "
     "sorted sets.",
   .summary = "Counts the members that several sorted sets share.",
   .syntax = "numkeys:integer key... [LIMIT limit:integer]"},
  {.name = "zinterstore", .arity = -4, .flags = write | denyoom, .acl = acl_sortedset,
   .keys = zstore_keys, .route = way::borrow, .run = cmd_zinterstore,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity =
     "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number"
     " of input sorted sets and M being the number of elements in the resulting sorted set.",
   .summary = "Stores the members that several sorted sets share, their scores combined.",
   .syntax =
     "destination#0 numkeys:integer key#1... [WEIGHTS weight:integer...] [AGGREGATE "
     "aggregate(SUM|MIN|MAX)]"},
  {.name = "zunion", .arity = -3, .flags = readonly, .acl = acl_sortedset,
   .keys = input_keys, .route = way::borrow, .run = cmd_zunion,
   .group = command_group::sorted_set, .since = "6.2.0",
   .complexity =
     "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the"
     " number of elements in the resulting sorted set.",
   .summary = "Replies with the members of several sorted sets, their scores combined.",
   .syntax =
     "numkeys:integer key... [WEIGHTS weight:integer...] [AGGREGATE aggregate(SUM|MIN|MAX)] "
     "[WITHSCORES]"},
  {.name = "zunionstore", .arity = -4, .flags = write | denyoom, .acl = acl_sortedset,
   .keys = zstore_keys, .route = way::borrow, .run = cmd_zunionstore,
   .group = command_group::sorted_set, .since = "2.0.0",
   .complexity =
     "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the"
     " number of elements in the resulting sorted set.",
   .summary = "Stores the members of several sorted sets, their scores combined.",
   .syntax =
     "destination#0 numkeys:integer key#1... [WEIGHTS weight:integer...] [AGGREGATE "
     "aggregate(SUM|MIN|MAX)]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> zset_algebra_rows() noexcept {
  return zset_algebra_table;
}

} // namespace thespis::commands
