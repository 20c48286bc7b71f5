/// XRANGE and XREVRANGE.

#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/stream_arguments.hpp"
#include "commands/stream_value.hpp"
#include "protocol/errors.hpp"

#include <algorithm>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// [COUNT n]; without it as many as there are. Nothing: the error has been replied.
std::optional<std::uint64_t> read_range_count(command_context& ctx, arguments args) {
  protocol::argument_reader in{args, 4};
  auto count = int64_max;
  while (in.more())
    if (in.option("COUNT", 1))
      count = std::max<std::int64_t>(in.integer(), 0);
    else
      in.fail(errors::syntax);
  if (!in.failed())
    return static_cast<std::uint64_t>(count);
  ctx.reply.error(in.error());
  return std::nullopt;
}

void reply_range(command_context& ctx, const types::stream& value, const id_interval& range,
                 std::uint64_t count_max, bool backward) {
  std::uint64_t count = 0;
  const auto head = ctx.reply.begin_array(std::min<std::uint64_t>(count_max, value.size()));
  auto at = backward ? value.at_most(range.end) : value.at_least(range.start);
  for (; at && count < count_max; ++count) {
    const auto entry = *at;
    if (backward ? entry.id < range.start : entry.id > range.end)
      break;
    reply_entry(ctx.reply, entry);
    if (backward)
      --at;
    else
      ++at;
  }
  ctx.reply.end_array(head, count);
}

void range(command_context& ctx, arguments args, bool backward) {
  const auto wanted = read_interval(ctx, args[backward ? 3 : 2], args[backward ? 2 : 3]);
  if (!wanted)
    return;
  const auto count = read_range_count(ctx, args);
  if (!count)
    return;
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.array(0);
  if (is_not<types::stream>(ctx, at))
    return;
  if (*count == 0)
    return ctx.reply.null_array();
  const auto value = stream_at(at);
  const auto enough = std::min<std::uint64_t>(*count, ctx.many_elements + 1);
  if (!ctx.moves_for(std::min(enough, value->count_about(wanted->start, wanted->end, enough))))
    reply_range(ctx, *value, *wanted, *count, backward);
}

} // namespace

/// XRANGE key start end [COUNT n] -> [[ID, [field, value, …]] …], null for COUNT 0
/// Errors: ID, interval, syntax, count, WRONGTYPE. Cost: O(entries of the reply).
void cmd_xrange(command_context& ctx, arguments args) {
  range(ctx, args, false);
}

/// XREVRANGE key end start [COUNT n] -> as XRANGE, the highest ID first.
void cmd_xrevrange(command_context& ctx, arguments args) {
  range(ctx, args, true);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec stream_range_table[] = {
  {.name = "xrange", .arity = -4, .flags = readonly, .acl = acl_stream,
   .keys = key_at<1, key_ro | key_access>, .run = cmd_xrange, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking"
     " for the first 10 elements with COUNT), you can consider it O(1).",
   .summary = "Reads the entries of a stream between two IDs.",
   .syntax = "key start end [COUNT count:integer]"},
  {.name = "xrevrange", .arity = -4, .flags = readonly, .acl = acl_stream,
   .keys = key_at<1, key_ro | key_access>, .run = cmd_xrevrange, .group = command_group::stream,
   .since = "5.0.0",
   .complexity =
     "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for"
     " the first 10 elements with COUNT), you can consider it O(1).",
   .summary = "Reads the entries of a stream between two IDs, from the higher one on.",
   .syntax = "key end start [COUNT count:integer]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> stream_range_rows() noexcept {
  return stream_range_table;
}

} // namespace thespis::commands
