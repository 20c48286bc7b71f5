/// The commands that find elements of lists by their number: LINDEX, LSET, LRANGE, LTRIM.

#include "base/number.hpp"
#include "commands/list_value.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

/// LINDEX key index -> bulk string | null
/// Errors: WRONGTYPE, index. Cost: O(1) at the ends, O(size / 150) in between.
void cmd_lindex(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_not<types::list>(ctx, at))
    return;
  const auto index = read_integer(ctx.reply, args[2], errors::not_an_integer);
  if (!index)
    return;
  keyspace::object_ref<types::list> value{*at};
  const auto number = element_number(*index, value->size());
  if (!number)
    return ctx.reply.null();
  ctx.reply.bulk(value->at(*number));
}

/// LSET key index element -> OK. Errors: no such key, WRONGTYPE, index. Cost: as LINDEX.
void cmd_lset(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto element = args[3];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  if (is_not<types::list>(ctx, at))
    return;
  const auto index = read_integer(ctx.reply, args[2], errors::not_an_integer);
  if (!index)
    return;
  opened<types::list> value{ctx, key, at};
  const auto limit = list_limit(ctx);
  value->growing(limit, element.size(), 1);
  const auto number = element_number(*index, value->size());
  if (!number)
    return ctx.reply.error(errors::index_out_of_range);
  value->set(*number, element);
  value->shrunk(limit);
  ctx.reply.ok();
  value.close(event_class::list, "lset");
}

/// LRANGE key start stop -> array. Errors: WRONGTYPE, index.
/// Cost: O(number of elements), and as LINDEX to get there.
void cmd_lrange(command_context& ctx, arguments args) {
  protocol::argument_reader in{args, 2};
  const auto start = in.integer();
  const auto stop = in.integer();
  if (in.failed())
    return ctx.reply.error(in.error());
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.array(0);
  if (is_not<types::list>(ctx, at))
    return;
  keyspace::object_ref<types::list> value{*at};
  const auto range = range_between(start, stop, value->size());
  if (!ctx.moves_for(range.count))
    reply_range(ctx, *value, range);
}

/// LTRIM key start stop -> OK. Errors: WRONGTYPE, index. Cost: O(chunks that go).
void cmd_ltrim(command_context& ctx, arguments args) {
  protocol::argument_reader in{args, 2};
  const auto start = in.integer();
  const auto stop = in.integer();
  if (in.failed())
    return ctx.reply.error(in.error());
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.ok();
  if (is_not<types::list>(ctx, at))
    return;
  const auto size = keyspace::object_ref<types::list> {
    *at
    } -> size();
  const auto kept = range_between(start, stop, size);
  if (ctx.moves_for(size - kept.count))
    return;
  ctx.reply.ok();
  opened<types::list> value{ctx, args[1], at};
  value->keep(kept.first, kept.count);
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, "ltrim", size - kept.count);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec list_index_table[] = {
  {.name = "lindex", .arity = 3, .flags = readonly, .acl = acl_list,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_lindex,
   .group = command_group::list, .since = "1.0.0",
   .complexity =
     "O(N) where N is the number of elements to traverse to get to the element at index. This makes "
     "asking for the first or the last element of the list O(1).",
   .summary = "Replies with the element of a list that has a number.", .syntax = "key index:integer"},
  {.name = "lrange", .arity = 4, .flags = readonly, .acl = acl_list,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_lrange,
   .group = command_group::list, .since = "1.0.0",
   .complexity =
     "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end "
     "(HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
   .summary = "Replies with the elements of a list from one number to another.",
   .syntax = "key start:integer stop:integer"},
  {.name = "lset", .arity = 4, .flags = write | denyoom, .acl = acl_list,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_lset,
   .group = command_group::list, .since = "1.0.0",
   .complexity =
     "O(N) where N is the length of the list. Setting either the first or the last element of the "
     "list is O(1).",
   .summary = "Replaces the element of a list that has a number.",
   .syntax = "key index:integer element"},
  {.name = "ltrim", .arity = 4, .flags = write, .acl = acl_list,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_ltrim,
   .group = command_group::list, .since = "1.0.0",
   .complexity =
     "O(N) where N is the number of elements to be removed by the operation.",
   .summary = "Drops what a list has outside of a range of numbers.",
   .syntax = "key start:integer stop:integer"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> list_index_rows() noexcept {
  return list_index_table;
}

} // namespace thespis::commands
