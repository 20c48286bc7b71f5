/// The commands that read strings and change parts of them. A string is stored as bytes or, where
/// they are the canonical text of a 64-bit integer, as that integer; commands that want bytes get
/// them through entry::text either way.

#include "base/number.hpp"
#include "base/seeded_fault.hpp"
#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// The bytes from `start` to `end`, both included; negative offsets count from the end, and those
/// that are still negative then are 0.
std::string_view part_of(std::string_view text, std::int64_t start, std::int64_t end) {
  if (start < 0 && end < 0 && start > end)
    return {};
  const auto size = static_cast<std::int64_t>(text.size());
  const auto from_front = [size](std::int64_t offset) {
    return offset < 0 ? std::max<std::int64_t>(size + offset, 0) : offset;
  };
  start = from_front(start);
  end = std::min(from_front(end), size - 1);
  if (start > end)
    return {};
  return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1));
}

/// Whether a string of `size` bytes with `more` behind it is allowed; an error has been replied if
/// not.
bool fits(command_context& ctx, std::size_t size, std::size_t more) {
  const auto limit = string_bytes_max(ctx);
  if (size <= limit && more <= limit - size)
    return true;
  ctx.reply.error(errors::string_too_long);
  return false;
}

} // namespace

/// GET key -> bulk string | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_get(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_wrong_type(ctx, at))
    return;
  if (char scratch[24]; base::seeded("get_is_stale"))
    return ctx.reply.bulk(base::stale_value(args[1], at->text(scratch)));
  reply_string(ctx, *at);
}

/// GETDEL key -> bulk string | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_getdel(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_wrong_type(ctx, at))
    return;
  reply_string(ctx, *at);
  if (base::seeded("getdel_keeps", 10))
    return;
  erase(ctx, args[1], at);
  ctx.replay_as(args[1], {"DEL", args[1]});
}

/// MGET key [key …] -> array of bulk string | null (missing, or no string). Cost: O(number of
/// keys).
void cmd_mget(command_context& ctx, arguments args) {
  ctx.reply.array(args.size() - 1);
  for (const auto key : args.subspan(1)) {
    const auto at = ctx.find_to_read(key);
    if (at && at->is_string())
      reply_string(ctx, *at);
    else
      ctx.reply.null();
  }
}

/// STRLEN key -> length in bytes, 0 without the key. Errors: WRONGTYPE. Cost: O(1).
void cmd_strlen(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (!is_wrong_type(ctx, at))
    ctx.reply.integer(static_cast<std::int64_t>(at->size()));
}

/// GETRANGE key start end -> bulk string, empty without the key
/// Errors: WRONGTYPE, offsets that are no integers. Cost: O(length of the reply).
void cmd_getrange(command_context& ctx, arguments args) {
  const auto start = base::parse_int64(args[2]);
  const auto end = base::parse_int64(args[3]);
  if (!start || !end)
    return ctx.reply.error(errors::not_an_integer);
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.bulk({});
  if (is_wrong_type(ctx, at))
    return;
  char scratch[24];
  ctx.reply.bulk(part_of(at->text(scratch), *start, *end));
}

/// SUBSTR: GETRANGE under its old name.
void cmd_substr(command_context& ctx, arguments args) {
  cmd_getrange(ctx, args);
}

/// APPEND key value -> the new length. Errors: WRONGTYPE, size. Cost: O(length of value),
/// amortised.
void cmd_append(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto tail = args[2];
  auto at = ctx.find_to_write(key);
  std::size_t size = 0;
  if (at) {
    if (is_wrong_type(ctx, at))
      return;
    size = at->size();
    if (!fits(ctx, size, tail.size()))
      return;
    const auto bytes = ctx.db(key).resize_string(at, size + tail.size());
    std::copy(tail.begin(), tail.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    ctx.did(event_class::string, "append", key);
  } else {
    store_string(ctx, key, at, tail, false, "append");
  }
  ctx.reply.integer(static_cast<std::int64_t>(size + tail.size()));
}

/// SETRANGE key offset value -> the new length. The gap before `offset` is filled with zero bytes.
/// Errors: WRONGTYPE, offset, size. Cost: O(length of value), amortised.
void cmd_setrange(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto patch = args[3];
  const auto offset = base::parse_int64(args[2]);
  if (!offset)
    return ctx.reply.error(errors::not_an_integer);
  if (*offset < 0)
    return ctx.reply.error(errors::offset_out_of_range);
  auto at = ctx.find_to_write(key);
  const bool found{at};
  if (found && is_wrong_type(ctx, at))
    return;
  const auto size = found ? at->size() : 0;
  if (patch.empty())
    return ctx.reply.integer(static_cast<std::int64_t>(size));
  const auto start = static_cast<std::size_t>(*offset);
  if (!fits(ctx, start, patch.size()))
    return;
  const auto bytes = ctx.db(key).resize_string(at, std::max(size, start + patch.size()));
  std::copy(patch.begin(), patch.end(), bytes.begin() + *offset);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  ctx.did(event_class::string, "setrange", key);
  ctx.reply.integer(static_cast<std::int64_t>(bytes.size()));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec string_table[] = {
  {.name = "append", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_append,
   .group = command_group::string, .since = "2.0.0",
   .complexity =
     "O(1). The amortized time complexity is O(1) assuming the appended value is small and the "
     "already present value is of any size, since the dynamic string library used by Redis will "
     "double the free space available on every reallocation.",
   .summary = "Puts a value behind the string at a key, making the string if there is none.",
   .syntax = "key value"},
  {.name = "get", .arity = 2, .flags = readonly | fast, .acl = acl_string,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_get,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the string at a key.", .syntax = "key"},
  {.name = "getdel", .arity = 2, .flags = write | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_getdel,
   .group = command_group::string, .since = "6.2.0", .complexity = "O(1)",
   .summary = "Replies with the string at a key and deletes the key.", .syntax = "key"},
  {.name = "getrange", .arity = 4, .flags = readonly, .acl = acl_string,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_getrange,
   .group = command_group::string, .since = "2.4.0",
   .complexity =
     "O(N) where N is the length of the returned string. The complexity is ultimately determined "
     "by the returned length, but because creating a substring from an existing string is very "
     "cheap, it can be considered O(1) for small strings.",
   .summary = "Replies with the bytes of a string between two offsets.",
   .syntax = "key start:integer end:integer"},
  {.name = "mget", .arity = -2, .flags = readonly | fast, .acl = acl_string,
   .keys = keys_from<1, 1, key_ro | key_access>, .route = way::split, .replies = merge::by_key,
   .run = cmd_mget, .group = command_group::string, .since = "1.0.0",
   .complexity = "O(N) where N is the number of keys to retrieve.",
   .summary = "Replies with the strings at several keys.", .syntax = "key...",
   .tips = "request_policy:multi_shard"},
  {.name = "setrange", .arity = 4, .flags = write | denyoom, .acl = acl_string,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_setrange,
   .group = command_group::string, .since = "2.2.0",
   .complexity =
     "O(1), not counting the time taken to copy the new string in place. Usually, this string is "
     "very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being "
     "the length of the value argument.",
   .summary = "Overwrites the bytes of a string from an offset on, growing it as needed.",
   .syntax = "key offset:integer value"},
  {.name = "strlen", .arity = 2, .flags = readonly | fast, .acl = acl_string,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_strlen,
   .group = command_group::string, .since = "2.2.0", .complexity = "O(1)",
   .summary = "Replies with the length of the string at a key.", .syntax = "key"},
  {.name = "substr", .arity = 4, .flags = readonly, .acl = acl_string,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_substr,
   .group = command_group::string, .since = "1.0.0",
   .complexity =
     "O(N) where N is the length of the returned string. The complexity is ultimately determined "
     "by the returned length, but because creating a substring from an existing string is very "
     "cheap, it can be considered O(1) for small strings.",
   .summary = "The old name of GETRANGE: replies with a part of a string.",
   .syntax = "key start:integer end:integer", .deprecated_since = "2.0.0",
   .replaced_by = "`GETRANGE`"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> string_rows() noexcept {
  return string_table;
}

} // namespace thespis::commands
