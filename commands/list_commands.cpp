/// The commands that work at the ends of lists: LPUSH, RPUSH, LPUSHX, RPUSHX, LPOP, RPOP, LLEN.

#include "base/seeded_fault.hpp"
#include "commands/list_value.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// All of them or, without memory, none.
void push_all(types::list& value, list_end where, arguments elements) {
  std::size_t done = 0;
  try {
    for (; done < elements.size(); ++done)
      push(value, where, elements[done]);
  } catch (...) {
    for (; done > 0; --done)
      pop(value, where);
    throw;
  }
}

void push_command(command_context& ctx, arguments args, list_end where, bool only_if_there) {
  const auto key = args[1];
  const auto elements = args.subspan(2);
  auto at = ctx.find_to_write(key);
  if (!at && only_if_there)
    return ctx.reply.integer(0);
  if (at && is_not<types::list>(ctx, at))
    return;
  std::size_t bytes = 0;
  for (auto element : elements)
    bytes += element.size();
  opened<types::list> value{ctx, key, at};
  value->growing(list_limit(ctx), bytes, elements.size());
  push_all(*value, where, elements);
  ctx.reply.integer(static_cast<std::int64_t>(value->size()));
  if (base::seeded("push_is_lost", 50))
    pop(*value, where);
  value.close(event_class::list, push_event(where), elements.size());
}

void pop_command(command_context& ctx, arguments args, list_end where) {
  if (args.size() > 3)
    return ctx.reply.error(errors::wrong_arity(ctx.spec->name));
  if (base::seeded("pop_takes_wrong_end", 50))
    where = where == list_end::left ? list_end::right : list_end::left;
  const bool many = args.size() == 3;
  std::size_t count = 1;
  if (many) {
    const auto wanted = read_integer(
      ctx.reply, args[2], 0, std::numeric_limits<std::int64_t>::max(), errors::not_positive);
    if (!wanted)
      return;
    count = static_cast<std::size_t>(*wanted);
  }
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return many ? ctx.reply.null_array() : ctx.reply.null();
  if (is_not<types::list>(ctx, at))
    return;
  if (many) {
    count = std::min(
      count, keyspace::object_ref<types::list> { *at } -> size());
    return count == 0 ? ctx.reply.array(0) : reply_and_pop(ctx, args[1], at, where, count);
  }
  opened<types::list> value{ctx, args[1], at};
  ctx.reply.bulk(end_of(*value, where));
  if (!base::seeded("pop_keeps", 50))
    pop(*value, where);
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, pop_event(where));
}

} // namespace

/// LPUSH key element [element …] -> the length then. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_lpush(command_context& ctx, arguments args) {
  push_command(ctx, args, list_end::left, false);
}

/// RPUSH key element [element …] -> the length then. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_rpush(command_context& ctx, arguments args) {
  push_command(ctx, args, list_end::right, false);
}

/// LPUSHX key element [element …] -> the length then, 0 if there is no list. Errors: WRONGTYPE.
/// Cost: O(1) each.
void cmd_lpushx(command_context& ctx, arguments args) {
  push_command(ctx, args, list_end::left, true);
}

/// RPUSHX key element [element …] -> the length then, 0 if there is no list. Errors: WRONGTYPE.
/// Cost: O(1) each.
void cmd_rpushx(command_context& ctx, arguments args) {
  push_command(ctx, args, list_end::right, true);
}

/// LPOP key [count] -> the element | null; with a count: array of elements | null
/// Errors: WRONGTYPE, count. Cost: O(count).
void cmd_lpop(command_context& ctx, arguments args) {
  pop_command(ctx, args, list_end::left);
}

/// RPOP key [count] -> the element | null; with a count: array of elements | null
/// Errors: WRONGTYPE, count. Cost: O(count).
void cmd_rpop(command_context& ctx, arguments args) {
  pop_command(ctx, args, list_end::right);
}

/// LLEN key -> integer. Errors: WRONGTYPE. Cost: O(1).
void cmd_llen(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::list>(ctx, at))
    return;
  keyspace::object_ref<types::list> value{*at};
  ctx.reply.integer(static_cast<std::int64_t>(value->size()));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr std::string_view push_complexity =
  "O(1) for each element added, so O(N) to add N elements when the command is called with multiple "
  "arguments.";

constexpr command_spec list_table[] = {
  {.name = "llen", .arity = 2, .flags = readonly | fast, .acl = acl_list, .keys = key_at<1, key_ro>,
   .route = way::single, .run = cmd_llen, .group = command_group::list, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Replies with the number of elements of a list.",
   .syntax = "key"},
  {.name = "lpop", .arity = -2, .flags = write | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_lpop,
   .group = command_group::list, .since = "1.0.0",
   .complexity = "O(N) where N is the number of elements returned",
   .summary = "Takes elements from the head of a list and replies with them.",
   .syntax = "key [count:integer@6.2.0]"},
  {.name = "lpush", .arity = -3, .flags = write | denyoom | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_lpush,
   .group = command_group::list, .since = "1.0.0", .complexity = push_complexity,
   .summary = "Puts elements in front of a list, one after the other, making the list if need be.",
   .syntax = "key element..."},
  {.name = "lpushx", .arity = -3, .flags = write | denyoom | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_lpushx,
   .group = command_group::list, .since = "2.2.0", .complexity = push_complexity,
   .summary = "Puts elements in front of a list, but only if there is one.",
   .syntax = "key element..."},
  {.name = "rpop", .arity = -2, .flags = write | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_rpop,
   .group = command_group::list, .since = "1.0.0",
   .complexity = "O(N) where N is the number of elements returned",
   .summary = "Takes elements from the tail of a list and replies with them.",
   .syntax = "key [count:integer@6.2.0]"},
  {.name = "rpush", .arity = -3, .flags = write | denyoom | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_rpush,
   .group = command_group::list, .since = "1.0.0", .complexity = push_complexity,
   .summary = "Adds elements to the tail of a list, making the list if need be.",
   .syntax = "key element..."},
  {.name = "rpushx", .arity = -3, .flags = write | denyoom | fast, .acl = acl_list,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_rpushx,
   .group = command_group::list, .since = "2.2.0", .complexity = push_complexity,
   .summary = "Adds elements to the tail of a list, but only if there is one.",
   .syntax = "key element..."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> list_rows() noexcept {
  return list_table;
}

} // namespace thespis::commands
