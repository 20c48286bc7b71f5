/// The commands of lists that wait where there is nothing: BLPOP, BRPOP, BLMOVE, BRPOPLPUSH,
/// BLMPOP. They run once when they come, and again when a key that they wait for has changed; then
/// perhaps over some of their keys only (see keyspace/waiter.hpp).

#include "base/seeded_fault.hpp"
#include "commands/block_timeout.hpp"
#include "commands/list_value.hpp"
#include "commands/rows.hpp"

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using keyspace::value_type;
using protocol::arguments;

namespace {

/// Takes one element from the list, and replies with the key and it.
void pop_with_key(command_context& ctx, std::string_view key, keyspace::database::slot& at,
                  list_end where) {
  ctx.reply.array(2);
  ctx.reply.bulk(key);
  opened<types::list> value{ctx, key, at};
  ctx.reply.bulk(end_of(*value, where));
  if (!base::seeded("waiter_takes_a_copy", 10))
    pop(*value, where);
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, pop_event(where));
  ctx.replay_as(key, {where == list_end::left ? "LPOP" : "RPOP", key});
}

/// BLPOP and BRPOP.
void pop_or_wait(command_context& ctx, arguments args, list_end where) {
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
    if (!is_not<types::list>(ctx, at))
      pop_with_key(ctx, key, at, where);
    return;
  }
  ctx.wait_for({.keys = keys, .wanted = value_type::list, .until_ms = *until_ms});
}

/// BLMOVE and BRPOPLPUSH.
void move_or_wait(command_context& ctx, arguments args, list_end from, list_end to) {
  const auto until_ms = read_block_timeout(ctx, args.back());
  if (until_ms && !move_element(ctx, args[1], args[2], from, to))
    ctx.wait_for({.keys = args.subspan(1, 1),
                  .wanted = value_type::list,
                  .until_ms = *until_ms,
                  .null_array = false,
                  .needs_all_keys = true});
}

} // namespace

/// BLPOP key [key …] timeout -> [key, element] | null at the end of the time
/// Errors: timeout, WRONGTYPE. Cost: O(number of keys).
void cmd_blpop(command_context& ctx, arguments args) {
  pop_or_wait(ctx, args, list_end::left);
}

/// BRPOP key [key …] timeout -> as BLPOP, from the right.
void cmd_brpop(command_context& ctx, arguments args) {
  pop_or_wait(ctx, args, list_end::right);
}

/// BLMOVE source destination LEFT | RIGHT LEFT | RIGHT timeout -> the element | null
/// Errors: syntax, timeout, WRONGTYPE. Cost: O(1).
void cmd_blmove(command_context& ctx, arguments args) {
  const auto from = read_list_end(ctx, args[3]);
  if (!from)
    return;
  if (const auto to = read_list_end(ctx, args[4]))
    move_or_wait(ctx, args, *from, *to);
}

/// BRPOPLPUSH source destination timeout -> the element | null. Errors: timeout, WRONGTYPE.
/// Cost: O(1).
void cmd_brpoplpush(command_context& ctx, arguments args) {
  move_or_wait(ctx, args, list_end::right, list_end::left);
}

/// BLMPOP timeout numkeys key [key …] LEFT | RIGHT [COUNT count] -> [key, elements] | null
/// Errors: numkeys, syntax, count, timeout, WRONGTYPE. Cost: O(number of keys + of elements).
void cmd_blmpop(command_context& ctx, arguments args) {
  const auto wanted = read_many_pop(ctx, args, 2);
  const auto until_ms = wanted ? read_block_timeout(ctx, args[1]) : std::nullopt;
  if (until_ms && !pop_from_first(ctx, *wanted))
    ctx.wait_for({.keys = wanted->keys, .wanted = value_type::list, .until_ms = *until_ms});
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec blpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1, .last_key = -2},
};
constexpr key_spec blmove_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1},
  {.flags = key_rw | key_insert, .position = 2},
};
constexpr key_spec blmpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 2, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec list_blocking_table[] = {
  {.name = "blmove", .arity = 6, .flags = write | denyoom | blocking, .acl = acl_list,
   .keys = blmove_keys, .route = way::borrow, .run = cmd_blmove, .group = command_group::list,
   .since = "6.2.0", .complexity = "O(1)",
   .summary = "Moves an element from list to list, or waits until there is one.",
   .syntax =
     "source:key destination:key#1 wherefrom(LEFT|RIGHT) whereto(LEFT|RIGHT) timeout:double"},
  {.name = "blmpop", .arity = -5, .flags = write | blocking, .acl = acl_list, .keys = blmpop_keys,
   .route = way::borrow, .run = cmd_blmpop, .group = command_group::list, .since = "7.0.0",
   .complexity =
     "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
   .summary = "Takes elements from the first of several lists that is there, or waits for one.",
   .syntax = "timeout:double numkeys:integer key... where(LEFT|RIGHT) [COUNT count:integer]"},
  {.name = "blpop", .arity = -3, .flags = write | blocking, .acl = acl_list, .keys = blpop_keys,
   .route = way::borrow, .run = cmd_blpop, .group = command_group::list, .since = "2.0.0",
   .complexity = "O(N) where N is the number of provided keys.",
   .summary = "Takes the first element of the first list that is there, or waits for one.",
   .syntax = "key... timeout:double"},
  {.name = "brpop", .arity = -3, .flags = write | blocking, .acl = acl_list, .keys = blpop_keys,
   .route = way::borrow, .run = cmd_brpop, .group = command_group::list, .since = "2.0.0",
   .complexity = "O(N) where N is the number of provided keys.",
   .summary = "Takes the last element of the first list that is there, or waits for one.",
   .syntax = "key... timeout:double"},
  {.name = "brpoplpush", .arity = 4, .flags = write | denyoom | blocking, .acl = acl_list,
   .keys = blmove_keys, .route = way::borrow, .run = cmd_brpoplpush, .group = command_group::list,
   .since = "2.2.0", .complexity = "O(1)",
   .summary = "Moves the last element of a list to the front of another, or waits for one.",
   .syntax = "source:key destination:key#1 timeout:double", .deprecated_since = "6.2.0",
   .replaced_by = "`BLMOVE` with the `RIGHT` and `LEFT` arguments"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> list_blocking_rows() noexcept {
  return list_blocking_table;
}

} // namespace thespis::commands
