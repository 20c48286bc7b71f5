/// The commands that look for elements of lists by their content: LREM, LINSERT, LPOS.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/list_value.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// What LPOS looks for.
struct search {
  /// Which of the elements that are equal comes first; from the end if negative.
  std::int64_t rank = 1;
  /// How many of them; 0: all. Without it the reply is the first one alone.
  std::optional<std::uint64_t> count;
  /// How many elements are compared; 0: all.
  std::uint64_t length_max = 0;
};

std::optional<search> read_search(command_context& ctx, arguments args) {
  search out;
  for (std::size_t i = 3; i < args.size(); i += 2) {
    const bool is_last = i + 1 == args.size();
    const auto natural = [&](std::string_view why) {
      return read_integer(ctx.reply, args[i + 1], 0, int64_max, why);
    };
    std::optional<std::int64_t> value;
    if (equals_nocase(args[i], "rank") && !is_last) {
      value = read_integer(ctx.reply, args[i + 1], -int64_max, int64_max);
      out.rank = value.value_or(1);
      if (out.rank == 0) {
        ctx.reply.error("ERR RANK can't be zero: use 1 to start from the first match, 2 from the "
                        "second ... or use negative to start from the end of the list");
        return std::nullopt;
      }
    } else if (equals_nocase(args[i], "count") && !is_last) {
      value = natural("ERR COUNT can't be negative");
      out.count = static_cast<std::uint64_t>(value.value_or(0));
    } else if (equals_nocase(args[i], "maxlen") && !is_last) {
      value = natural("ERR MAXLEN can't be negative");
      out.length_max = static_cast<std::uint64_t>(value.value_or(0));
    } else {
      ctx.reply.error(errors::syntax);
    }
    if (!value)
      return std::nullopt;
  }
  return out;
}

/// Calls `found(number)` for what the search matches until it returns false.
template <class Found>
void find(const types::list& value, std::string_view element, const search& wanted, Found&& found) {
  const bool forward = wanted.rank > 0;
  auto passed_over = static_cast<std::uint64_t>(forward ? wanted.rank : -wanted.rank) - 1;
  const auto size = value.size();
  const auto compared_max = wanted.length_max == 0 ? size : wanted.length_max;
  std::size_t compared = 0;
  const auto look = [&](std::string_view other) {
    if (compared == compared_max)
      return false;
    const auto number = forward ? compared : size - 1 - compared;
    ++compared;
    if (other != element)
      return true;
    if (passed_over > 0) {
      --passed_over;
      return true;
    }
    return found(number);
  };
  if (!forward)
    return value.for_each_backward(look);
  value.for_each_run(0, size, [&](const types::list_run& run) {
    for (auto other : run)
      if (!look(other))
        return false;
    return true;
  });
}

} // namespace

/// LREM key count element -> how many were dropped
/// Errors: count, WRONGTYPE. Cost: O(size), up to the last one that goes.
void cmd_lrem(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto count = read_integer(ctx.reply, args[2], -int64_max, int64_max);
  if (!count)
    return;
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::list>(ctx, at))
    return;
  if (keyspace::object_ref<types::list> list{*at}; ctx.moves_for(list->size()))
    return;
  opened<types::list> value{ctx, key, at};
  const auto most = static_cast<std::size_t>(*count == 0  ? int64_max
                                             : *count < 0 ? -*count
                                                          : *count);
  const auto removed = *count < 0 ? value->remove_last(args[3], most)
                                  : value->remove_first(args[3], most);
  ctx.reply.integer(static_cast<std::int64_t>(removed));
  if (removed == 0)
    return;
  value->shrunk(list_limit(ctx));
  value.close(event_class::list, "lrem", removed);
}

/// LINSERT key BEFORE | AFTER pivot element -> the length then | 0 (no list) | -1 (no such pivot)
/// Errors: syntax, WRONGTYPE. Cost: O(elements up to the pivot).
void cmd_linsert(command_context& ctx, arguments args) {
  const bool after = equals_nocase(args[2], "after");
  if (!after && !equals_nocase(args[2], "before"))
    return ctx.reply.error(errors::syntax);
  const auto key = args[1];
  const auto element = args[4];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::list>(ctx, at))
    return;
  if (keyspace::object_ref<types::list> list{*at}; ctx.moves_for(list->size()))
    return;
  opened<types::list> value{ctx, key, at};
  value->growing(list_limit(ctx), element.size(), 1);
  std::optional<std::size_t> pivot;
  find(*value, args[3], search{}, [&](std::size_t number) {
    pivot = number;
    return false;
  });
  if (!pivot)
    return ctx.reply.integer(-1);
  value->insert(*pivot + (after ? 1 : 0), element);
  ctx.reply.integer(static_cast<std::int64_t>(value->size()));
  value.close(event_class::list, "linsert");
}

/// LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]
/// -> number of an element | null; with COUNT: array of numbers
/// Errors: syntax, the options' values, WRONGTYPE. Cost: O(elements that are compared).
void cmd_lpos(command_context& ctx, arguments args) {
  const auto wanted = read_search(ctx, args);
  if (!wanted)
    return;
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return wanted->count ? ctx.reply.array(0) : ctx.reply.null();
  if (is_not<types::list>(ctx, at))
    return;
  keyspace::object_ref<types::list> value{*at};
  if (ctx.moves_for(value->size()))
    return;
  if (!wanted->count) {
    std::optional<std::size_t> first;
    find(*value, args[2], *wanted, [&](std::size_t number) {
      first = number;
      return false;
    });
    return first ? ctx.reply.integer(static_cast<std::int64_t>(*first)) : ctx.reply.null();
  }
  const auto header = ctx.reply.begin_array();
  std::size_t matches = 0;
  find(*value, args[2], *wanted, [&](std::size_t number) {
    ctx.reply.integer(static_cast<std::int64_t>(number));
    ++matches;
    return matches != *wanted->count;
  });
  ctx.reply.end_array(header, matches);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec list_search_table[] = {
  {.name = "linsert", .arity = 5, .flags = write | denyoom, .acl = acl_list,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_linsert,
   .group = command_group::list, .since = "2.2.0",
   .complexity =
     "O(N) where N is the number of elements to traverse before seeing the value pivot. This means "
     "that inserting somewhere on the left end on the list (head) can be considered O(1) and "
     "inserting somewhere on the right end (tail) is O(N).",
   .summary = "Puts an element next to the first one that equals another.",
   .syntax = "key where(BEFORE|AFTER) pivot element"},
  {.name = "lpos", .arity = -3, .flags = readonly, .acl = acl_list,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_lpos,
   .group = command_group::list, .since = "6.0.6",
   .complexity =
     "O(N) where N is the number of elements in the list, for the average case. When searching for "
     "elements near the head or the tail of the list, or when the MAXLEN option is provided, the "
     "command may run in constant time.",
   .summary = "Replies with the numbers of the elements that equal a given one.",
   .syntax = "key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]"},
  {.name = "lrem", .arity = 4, .flags = write, .acl = acl_list,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_lrem,
   .group = command_group::list, .since = "1.0.0",
   .complexity =
     "O(N+M) where N is the length of the list and M is the number of elements removed.",
   .summary = "Drops elements of a list that equal a given one.",
   .syntax = "key count:integer element"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> list_search_rows() noexcept {
  return list_search_table;
}

} // namespace thespis::commands
