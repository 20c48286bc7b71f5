/// The commands that set, read and delete fields of hashes.

#include "commands/hash_value.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using keyspace::object_ref;
using protocol::arguments;
using types::hash;
using types::hash_item;
namespace errors = protocol::errors;

namespace {

/// Sets the pairs behind the key. Returns how many fields are new; empty: an error has been
/// replied.
std::optional<std::int64_t> set_pairs(command_context& ctx, arguments args) {
  if (args.size() % 2 != 0) {
    ctx.reply.error(errors::wrong_arity(ctx.spec->name));
    return std::nullopt;
  }
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return std::nullopt;
  opened<hash> value{ctx, key, at};
  const auto pairs = args.size() / 2 - 1;
  expect_fields(ctx, key, *value, pairs);
  std::int64_t created = 0;
  for (std::size_t i = 2; i < args.size(); i += 2)
    created += set_field(ctx, key, *value, args[i], args[i + 1]) ? 1 : 0;
  value.close(event_class::hash, "hset", pairs);
  return created;
}

enum class part { fields, values, both };

template <part Part>
void reply_item(command_context& ctx, const hash_item& item) {
  if constexpr (Part != part::values)
    ctx.reply.bulk(item.field);
  if constexpr (Part != part::fields)
    ctx.reply.bulk(item.value);
}

/// The whole hash; how many of its fields have expired is known at the end.
template <part Part>
void reply_live(command_context& ctx, const hash& value) {
  const auto head = Part == part::both ? ctx.reply.begin_map(value.size())
                                       : ctx.reply.begin_array(value.size());
  std::size_t count = 0;
  for_each_live(value, ctx.now.ms, [&](const hash_item& item) {
    reply_item<Part>(ctx, item);
    ++count;
  });
  if constexpr (Part == part::both)
    ctx.reply.end_map(head, count);
  else
    ctx.reply.end_array(head, count);
}

template <part Part>
void reply_all(command_context& ctx, std::string_view key) {
  const auto head = [&](std::size_t count) {
    if constexpr (Part == part::both)
      ctx.reply.map(count);
    else
      ctx.reply.array(count);
  };
  auto at = ctx.find_to_read(key);
  if (!at)
    return head(0);
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  if (ctx.moves_for(value->size()))
    return;
  if (value->may_hold_expired(ctx.now.ms)) [[unlikely]]
    return reply_live<Part>(ctx, *value);
  head(value->size());
  value->for_each([&](const hash_item& item) { reply_item<Part>(ctx, item); });
}

} // namespace

/// HSET key field value [field value …] -> how many fields are new. Errors: arity, WRONGTYPE.
/// Cost: O(1) for each field.
void cmd_hset(command_context& ctx, arguments args) {
  if (const auto created = set_pairs(ctx, args))
    ctx.reply.integer(*created);
}

/// HMSET key field value [field value …] -> OK. Errors and cost as HSET.
void cmd_hmset(command_context& ctx, arguments args) {
  if (set_pairs(ctx, args))
    ctx.reply.ok();
}

/// HSETNX key field value -> 1 | 0 (the field is there). Errors: WRONGTYPE. Cost: O(1).
void cmd_hsetnx(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  opened<hash> value{ctx, key, at};
  if (field_to_change(ctx, key, *value, args[2]))
    return ctx.reply.integer(0);
  set_field(ctx, key, *value, args[2], args[3]);
  value.close(event_class::hash, "hset");
  ctx.reply.integer(1);
}

/// HGET key field -> bulk string | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_hget(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  const auto found = live_field(*value, args[2], ctx.now.ms);
  if (!found)
    return ctx.reply.null();
  ctx.reply.bulk(found->value);
}

/// HMGET key field [field …] -> array of bulk strings and nulls. Errors: WRONGTYPE.
/// Cost: O(number of fields).
void cmd_hmget(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto fields = args.subspan(2);
  ctx.reply.array(fields.size());
  if (!at) {
    for (std::size_t i = 0; i < fields.size(); ++i)
      ctx.reply.null();
    return;
  }
  object_ref<hash> value{*at};
  for (const auto field : fields) {
    if (const auto found = live_field(*value, field, ctx.now.ms))
      ctx.reply.bulk(found->value);
    else
      ctx.reply.null();
  }
}

/// HDEL key field [field …] -> how many there were. Errors: WRONGTYPE. Cost: O(number of fields).
void cmd_hdel(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<hash>(ctx, at))
    return;
  opened<hash> value{ctx, key, at};
  std::int64_t deleted = 0;
  for (const auto field : args.subspan(2)) {
    if (value->expiring() != 0) [[unlikely]]
      drop_if_expired(ctx, key, *value, field);
    deleted += value->erase(field) ? 1 : 0;
    if (value->size() == 0)
      break;
  }
  if (deleted != 0)
    value.close(event_class::hash, "hdel", static_cast<std::uint64_t>(deleted));
  else
    value.settle();
  ctx.reply.integer(deleted);
}

/// HEXISTS key field -> 1 | 0. Errors: WRONGTYPE. Cost: O(1).
void cmd_hexists(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  ctx.reply.integer(live_field(*value, args[2], ctx.now.ms) ? 1 : 0);
}

/// HLEN key -> number of fields, those included that have expired and are still to be deleted.
/// Errors: WRONGTYPE. Cost: O(1).
void cmd_hlen(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  ctx.reply.integer(static_cast<std::int64_t>(value->size()));
}

/// HSTRLEN key field -> bytes of the value, 0 without it. Errors: WRONGTYPE. Cost: O(1).
void cmd_hstrlen(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  const auto found = live_field(*value, args[2], ctx.now.ms);
  ctx.reply.integer(found ? static_cast<std::int64_t>(found->value.size()) : 0);
}

/// HGETALL key -> map of fields and values. Errors: WRONGTYPE. Cost: O(number of fields).
void cmd_hgetall(command_context& ctx, arguments args) {
  reply_all<part::both>(ctx, args[1]);
}

/// HKEYS key -> array of fields. Errors: WRONGTYPE. Cost: O(number of fields).
void cmd_hkeys(command_context& ctx, arguments args) {
  reply_all<part::fields>(ctx, args[1]);
}

/// HVALS key -> array of values. Errors: WRONGTYPE. Cost: O(number of fields).
void cmd_hvals(command_context& ctx, arguments args) {
  reply_all<part::values>(ctx, args[1]);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec hash_table[] = {
  {.name = "hdel", .arity = -3, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_hdel,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the number of fields to be removed.",
   .summary = "Deletes fields of a hash, and the hash with its last one.",
   .syntax = "key field..."},
  {.name = "hexists", .arity = 3, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_hexists,
   .group = command_group::hash, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Tells whether a hash has a field.", .syntax = "key field"},
  {.name = "hget", .arity = 3, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hget,
   .group = command_group::hash, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Replies with the value of a field.", .syntax = "key field"},
  {.name = "hgetall", .arity = 2, .flags = readonly, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hgetall,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the size of the hash.",
   .summary = "Replies with all fields of a hash and their values.", .syntax = "key",
   .tips = "nondeterministic_output_order"},
  {.name = "hkeys", .arity = 2, .flags = readonly, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hkeys,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the size of the hash.",
   .summary = "Replies with the names of all fields of a hash.", .syntax = "key",
   .tips = "nondeterministic_output_order"},
  {.name = "hlen", .arity = 2, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_hlen,
   .group = command_group::hash, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Replies with the number of fields of a hash.", .syntax = "key"},
  {.name = "hmget", .arity = -3, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hmget,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the number of fields being requested.",
   .summary = "Replies with the values of several fields.", .syntax = "key field..."},
  {.name = "hmset", .arity = -4, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hmset,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the number of fields being set.",
   .summary = "Sets several fields of a hash.", .syntax = "key data{field value}...",
   .deprecated_since = "4.0.0", .replaced_by = "`HSET` with multiple field-value pairs"},
  {.name = "hset", .arity = -4, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hset,
   .group = command_group::hash, .since = "2.0.0",
   .complexity =
     "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is "
     "called with multiple field/value pairs.",
   .summary = "Sets fields of a hash and replies with how many are new.",
   .syntax = "key data{field value}..."},
  {.name = "hsetnx", .arity = 4, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_hsetnx,
   .group = command_group::hash, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Sets a field of a hash, but only if it does not exist.",
   .syntax = "key field value"},
  {.name = "hstrlen", .arity = 3, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_hstrlen,
   .group = command_group::hash, .since = "3.2.0", .complexity = "O(1)",
   .summary = "Replies with the length of a field's value.", .syntax = "key field"},
  {.name = "hvals", .arity = 2, .flags = readonly, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hvals,
   .group = command_group::hash, .since = "2.0.0",
   .complexity = "O(N) where N is the size of the hash.",
   .summary = "Replies with the values of all fields of a hash.", .syntax = "key",
   .tips = "nondeterministic_output_order"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hash_rows() noexcept {
  return hash_table;
}

} // namespace thespis::commands
