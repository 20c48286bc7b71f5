/// The commands that move elements from list to list, and take them from the first of several
/// lists: LMOVE, RPOPLPUSH, LMPOP. What they do is in list_value.cpp.

#include "commands/list_value.hpp"
#include "commands/rows.hpp"

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;

/// LMOVE source destination LEFT | RIGHT LEFT | RIGHT -> the element | null
/// Errors: syntax, WRONGTYPE. Cost: O(1).
void cmd_lmove(command_context& ctx, arguments args) {
  const auto from = read_list_end(ctx, args[3]);
  if (!from)
    return;
  const auto to = read_list_end(ctx, args[4]);
  if (to && !move_element(ctx, args[1], args[2], *from, *to))
    ctx.reply.null();
}

/// RPOPLPUSH source destination -> the element | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_rpoplpush(command_context& ctx, arguments args) {
  if (!move_element(ctx, args[1], args[2], list_end::right, list_end::left))
    ctx.reply.null();
}

/// LMPOP numkeys key [key …] LEFT | RIGHT [COUNT count] -> [key, elements] | null
/// Errors: numkeys, syntax, count, WRONGTYPE. Cost: O(number of keys + number of elements).
void cmd_lmpop(command_context& ctx, arguments args) {
  const auto wanted = read_many_pop(ctx, args, 1);
  if (wanted && !pop_from_first(ctx, *wanted))
    ctx.reply.null_array();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec lmove_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1},
  {.flags = key_rw | key_insert, .position = 2},
};
constexpr key_spec lmpop_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1, .find_keys = key_spec::find::keynum,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec list_move_table[] = {
  {.name = "lmove", .arity = 5, .flags = write | denyoom, .acl = acl_list, .keys = lmove_keys,
   .route = way::borrow, .run = cmd_lmove, .group = command_group::list, .since = "6.2.0",
   .complexity = "O(1)",
   .summary = "Moves an element from an end of a list to an end of another one, or of the same.",
   .syntax =
     "source:key destination:key#1 wherefrom(LEFT|RIGHT) whereto(LEFT|RIGHT)"},
  {.name = "lmpop", .arity = -4, .flags = write, .acl = acl_list, .keys = lmpop_keys,
   .route = way::borrow, .run = cmd_lmpop, .group = command_group::list, .since = "7.0.0",
   .complexity =
     "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
   .summary = "Takes elements from the first of several lists that is there.",
   .syntax = "numkeys:integer key... where(LEFT|RIGHT) [COUNT count:integer]"},
  {.name = "rpoplpush", .arity = 3, .flags = write | denyoom, .acl = acl_list, .keys = lmove_keys,
   .route = way::borrow, .run = cmd_rpoplpush, .group = command_group::list, .since = "1.2.0",
   .complexity = "O(1)", .summary = "Moves the last element of a list to the front of another one.",
   .syntax = "source:key destination:key#1", .deprecated_since = "6.2.0",
   .replaced_by = "`LMOVE` with the `RIGHT` and `LEFT` arguments"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> list_move_rows() noexcept {
  return list_move_table;
}

} // namespace thespis::commands
