/// Intersection, union and difference of sets: replied (SINTER, SUNION, SDIFF) and stored
/// (SINTERSTORE …). Only counted they are in set_cardinality_commands.cpp. The sets may lie in
/// different shards; all of them are borrowed, so the command sees them together.

#include "base/seeded_fault.hpp"
#include "commands/rows.hpp"
#include "commands/set_value.hpp"
#include "types/set_algebra.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
using types::set_element;

namespace {

using set_span = std::span<const types::set>;

/// Replies with what `algebra` tells of, a set whose size shows at the end.
template <class Algebra>
void reply_result(command_context& ctx, arguments keys, Algebra&& algebra) {
  sets_to_read sets;
  if (!sets.find(ctx, keys) || ctx.moves_for(sets.members()))
    return;
  std::size_t count = 0;
  const auto start = ctx.reply.begin_set(sets.all().front().size());
  algebra(set_span{sets.all()}, [&](set_element element) {
    reply_element(ctx.reply, element);
    ++count;
    return false;
  });
  ctx.reply.end_set(start, count);
}

/// Stores what `gather(sets, limits)` makes of the sets behind the destination, and replies with
/// its size.
template <class Gather>
void store_result(command_context& ctx, arguments args, std::string_view event, Gather&& gather) {
  types::set result;
  {
    sets_to_read sets;
    const auto from = args.subspan(base::seeded("store_skips_source", 10) ? 3 : 2);
    if (!sets.find(ctx, from) || ctx.moves_for(sets.members()))
      return;
    result = gather(set_span{sets.all()}, set_limits_at(ctx, args[1]));
  }
  const auto size = store_collection(ctx, args[1], std::move(result), event_class::set, event);
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

/// A visitor that adds elements which `to` does not have.
auto adding_to(types::set& to, const types::set_limits& limits) {
  return [&to, &limits](set_element element) {
    to.add_absent(element, limits);
    return false;
  };
}

types::set intersection(set_span sets, const types::set_limits& limits) {
  const auto order = types::by_size(sets);
  const bool integers = !order.empty() && order.front()->stored() == types::set::form::integers;
  auto result = integers ? types::set{} : types::set::packed_from_start();
  types::intersect(sets, adding_to(result, limits));
  result.to_integers(limits);
  return result;
}

types::set union_of(set_span sets, const types::set_limits& limits) {
  types::set result;
  const types::set* const known[] = {&result};
  for (const auto& each : sets)
    types::any_of_those(each, {}, known, adding_to(result, limits));
  return result;
}

types::set difference_of(set_span sets, const types::set_limits& limits) {
  types::set result;
  if (types::how_to_subtract(sets) != types::difference::by_removal) {
    types::subtract(sets, adding_to(result, limits));
    return result;
  }
  // The encoding remembers how many there were.
  sets.front().any_of(adding_to(result, limits));
  for (const auto& other : sets.subspan(1))
    other.for_each([&](set_element element) { result.remove(element); });
  return result;
}

} // namespace

/// SINTER key [key …] -> set of bulk strings. Errors: WRONGTYPE. Cost: O(size of the smallest set ·
/// number of sets).
void cmd_sinter(command_context& ctx, arguments args) {
  reply_result(ctx, args.subspan(1),
               [](set_span sets, auto visit) { types::intersect(sets, visit); });
}

/// SUNION key [key …] -> set of bulk strings. Errors: WRONGTYPE. Cost: O(sum of sizes).
void cmd_sunion(command_context& ctx, arguments args) {
  reply_result(ctx, args.subspan(1), [](set_span sets, auto visit) { types::unite(sets, visit); });
}

/// SDIFF key [key …] -> set of bulk strings. Errors: WRONGTYPE. Cost: O(sum of sizes).
void cmd_sdiff(command_context& ctx, arguments args) {
  reply_result(ctx, args.subspan(1),
               [](set_span sets, auto visit) { types::subtract(sets, visit); });
}

/// SINTERSTORE destination key [key …] -> size of the result, which replaces the destination
/// (deletes it when empty). Errors: WRONGTYPE. Cost: as SINTER.
void cmd_sinterstore(command_context& ctx, arguments args) {
  store_result(ctx, args, "sinterstore", intersection);
}

/// SUNIONSTORE destination key [key …] -> size of the result. Errors: WRONGTYPE. Cost: as SUNION.
void cmd_sunionstore(command_context& ctx, arguments args) {
  store_result(ctx, args, "sunionstore", union_of);
}

/// SDIFFSTORE destination key [key …] -> size of the result. Errors: WRONGTYPE. Cost: as SDIFF.
void cmd_sdiffstore(command_context& ctx, arguments args) {
  store_result(ctx, args, "sdiffstore", difference_of);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec sstore_keys[] = {
  {.flags = key_ow | key_update, .position = 1},
  {.flags = key_ro | key_access, .position = 2, .last_key = -1},
};
constexpr key_spec sinterstore_keys[] = {
  {.flags = key_rw | key_update, .position = 1},
  {.flags = key_ro | key_access, .position = 2, .last_key = -1},
};

constexpr command_spec set_algebra_table[] = {
  {.name = "sdiff", .arity = -2, .flags = readonly, .acl = acl_set,
   .keys = keys_from<1, 1, key_ro | key_access>, .route = way::borrow, .run = cmd_sdiff,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Replies with the members of a set that none of the other sets has.",
   .syntax = "key...", .tips = "nondeterministic_output_order"},
  {.name = "sdiffstore", .arity = -3, .flags = write | denyoom, .acl = acl_set,
   .keys = sstore_keys, .route = way::borrow, .run = cmd_sdiffstore,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Stores the members of a set that none of the other sets has.",
   .syntax = "destination#0 key#1..."},
  {.name = "sinter", .arity = -2, .flags = readonly, .acl = acl_set,
   .keys = keys_from<1, 1, key_ro | key_access>, .route = way::borrow, .run = cmd_sinter,
   .group = command_group::set, .since = "1.0.0",
   .complexity =
     "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of "
     "sets.",
   .summary = "Replies with the members that several sets have in common.",
   .syntax = "key...", .tips = "nondeterministic_output_order"},
  {.name = "sinterstore", .arity = -3, .flags = write | denyoom, .acl = acl_set,
   .keys = sinterstore_keys, .route = way::borrow, .run = cmd_sinterstore,
   .group = command_group::set, .since = "1.0.0",
   .complexity =
     "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of "
     "sets.",
   .summary = "Stores the members that several sets have in common.",
   .syntax = "destination#0 key#1..."},
  {.name = "sunion", .arity = -2, .flags = readonly, .acl = acl_set,
   .keys = keys_from<1, 1, key_ro | key_access>, .route = way::borrow, .run = cmd_sunion,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Replies with the members of several sets, each once.",
   .syntax = "key...", .tips = "nondeterministic_output_order"},
  {.name = "sunionstore", .arity = -3, .flags = write | denyoom, .acl = acl_set,
   .keys = sstore_keys, .route = way::borrow, .run = cmd_sunionstore,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of elements in all given sets.",
   .summary = "Stores the members of several sets in one.",
   .syntax = "destination#0 key#1..."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> set_algebra_rows() noexcept {
  return set_algebra_table;
}

} // namespace thespis::commands
