/// When fields of hashes expire: setting the time, asking for it, taking it off. A time that has
/// passed already deletes the field at once. What was done is replayed for those fields to which it
/// was done: as HPEXPIREAT, or as HDEL.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/field_list.hpp"
#include "commands/hash_value.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using keyspace::object_ref;
using protocol::arguments;
using types::hash;
using types::hash_item;
namespace errors = protocol::errors;

namespace {

enum field_answer : std::int64_t {
  no_field = -2,
  no_expiry = -1,
  condition_not_met = 0,
  was_set = 1,
  was_deleted = 2,
};

enum class condition { none, nx, xx, gt, lt };

condition read_condition(std::string_view word) {
  if (equals_nocase(word, "nx"))
    return condition::nx;
  if (equals_nocase(word, "xx"))
    return condition::xx;
  if (equals_nocase(word, "gt"))
    return condition::gt;
  return equals_nocase(word, "lt") ? condition::lt : condition::none;
}

/// A field without an expiry counts as one that lives forever.
bool is_met(condition what, const hash_item& field, std::int64_t at_ms) {
  switch (what) {
    case condition::none:
      break;
    case condition::nx:
      return !field.expires();
    case condition::xx:
      return field.expires();
    case condition::gt:
      return field.expires() && at_ms > field.expire_at_ms;
    case condition::lt:
      return at_ms < field.expire_at_ms;
  }
  return true;
}

field_answer expire_field(command_context& ctx, std::string_view key, hash& in,
                          std::string_view field, std::int64_t at_ms, condition what) {
  const auto found = field_to_change(ctx, key, in, field);
  if (!found)
    return no_field;
  if (!is_met(what, *found, at_ms))
    return condition_not_met;
  if (at_ms <= ctx.now.ms) {
    in.erase(field);
    return was_deleted;
  }
  in.set_expiry(field, at_ms, ctx.now.ms);
  return was_set;
}

void reply_same(command_context& ctx, std::size_t count, field_answer answer) {
  ctx.reply.array(count);
  for (std::size_t i = 0; i < count; ++i)
    ctx.reply.integer(answer);
}

void expire_fields(command_context& ctx, arguments args, time_notation notation) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto at_ms = read_field_time(ctx, args[2], notation);
  if (!at_ms)
    return;
  const auto what = read_condition(args[3]);
  const auto fields = read_fields(ctx, args, what == condition::none ? 3 : 4,
                                  errors::field_count_not_greater);
  if (!fields)
    return;
  if (!at)
    return reply_same(ctx, fields->size(), no_field);
  opened<hash> value{ctx, key, at};
  field_replay changed;
  ctx.reply.array(fields->size());
  for (const auto field : *fields) {
    const auto answer = expire_field(ctx, key, *value, field, *at_ms, what);
    if (answer > condition_not_met)
      changed.add(field);
    ctx.reply.integer(answer);
  }
  if (changed.size() == 0)
    return value.settle();
  const bool deleted = *at_ms <= ctx.now.ms;
  announce(ctx, key, at, *value);
  value.close(event_class::hash, deleted ? "hdel" : "hexpire", changed.size());
  char digits[24];
  if (deleted)
    changed.replay_deletion(ctx, key);
  else
    changed.replay(ctx, "HPEXPIREAT", key, {base::format_int64(*at_ms, digits)});
}

/// Seconds are rounded up.
std::int64_t told(std::int64_t at_ms, time_notation notation, std::int64_t now_ms) {
  const auto time = notation.origin == time_origin::now ? at_ms - now_ms : at_ms;
  return notation.unit == time_unit::seconds ? (time + 999) / 1000 : time;
}

void reply_expiry(command_context& ctx, arguments args, time_notation notation) {
  auto at = ctx.find_to_read(args[1]);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto fields = read_fields(ctx, args, 2, errors::field_count_not_positive);
  if (!fields)
    return;
  if (!at)
    return reply_same(ctx, fields->size(), no_field);
  object_ref<hash> value{*at};
  ctx.reply.array(fields->size());
  for (const auto field : *fields) {
    const auto found = live_field(*value, field, ctx.now.ms);
    if (!found)
      ctx.reply.integer(no_field);
    else if (!found->expires())
      ctx.reply.integer(no_expiry);
    else
      ctx.reply.integer(told(found->expire_at_ms, notation, ctx.now.ms));
  }
}

} // namespace

/// HEXPIRE key seconds [NX | XX | GT | LT] FIELDS count field [field …] -> array with a number for
/// each field: -2 no such field, 0 condition not met, 1 set, 2 deleted because the time has passed
/// Errors: WRONGTYPE, time, FIELDS. Cost: O(number of fields).
void cmd_hexpire(command_context& ctx, arguments args) {
  expire_fields(ctx, args, relative_seconds);
}

/// HPEXPIRE: HEXPIRE in milliseconds.
void cmd_hpexpire(command_context& ctx, arguments args) {
  expire_fields(ctx, args, relative_milliseconds);
}

/// HEXPIREAT: HEXPIRE at a Unix time in seconds.
void cmd_hexpireat(command_context& ctx, arguments args) {
  expire_fields(ctx, args, unix_seconds);
}

/// HPEXPIREAT: HEXPIRE at a Unix time in milliseconds.
void cmd_hpexpireat(command_context& ctx, arguments args) {
  expire_fields(ctx, args, unix_milliseconds);
}

/// HTTL key FIELDS count field [field …] -> array: seconds left | -1 | -2 for each field
/// Errors: WRONGTYPE, FIELDS. Cost: O(number of fields).
void cmd_httl(command_context& ctx, arguments args) {
  reply_expiry(ctx, args, relative_seconds);
}

/// HPTTL: HTTL in milliseconds.
void cmd_hpttl(command_context& ctx, arguments args) {
  reply_expiry(ctx, args, relative_milliseconds);
}

/// HEXPIRETIME: HTTL as Unix time in seconds.
void cmd_hexpiretime(command_context& ctx, arguments args) {
  reply_expiry(ctx, args, unix_seconds);
}

/// HPEXPIRETIME: HTTL as Unix time in milliseconds.
void cmd_hpexpiretime(command_context& ctx, arguments args) {
  reply_expiry(ctx, args, unix_milliseconds);
}

/// HPERSIST key FIELDS count field [field …] -> array: 1 | -1 (had no expiry) | -2 for each field
/// Errors: WRONGTYPE, FIELDS. Cost: O(number of fields).
void cmd_hpersist(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto fields = read_fields(ctx, args, 2, errors::field_count_not_positive);
  if (!fields)
    return;
  if (!at)
    return reply_same(ctx, fields->size(), no_field);
  opened<hash> value{ctx, key, at};
  std::uint64_t changed = 0;
  ctx.reply.array(fields->size());
  for (const auto field : *fields) {
    if (!field_to_change(ctx, key, *value, field)) {
      ctx.reply.integer(no_field);
    } else if (value->clear_expiry(field)) {
      ctx.reply.integer(was_set);
      ++changed;
    } else {
      ctx.reply.integer(no_expiry);
    }
  }
  if (changed != 0)
    value.close(event_class::hash, "hpersist", changed);
  else
    value.settle();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec hash_expiry_table[] = {
  {.name = "hexpire", .arity = -6, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hexpire,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Gives fields of a hash a time to live in seconds.",
   .syntax = "key seconds:integer [condition(NX|XX|GT|LT)] <FIELDS fields{numfields:integer field...}>"},
  {.name = "hexpireat", .arity = -6, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hexpireat,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Lets fields of a hash expire at a Unix time in seconds.",
   .syntax =
     "key unix-time-seconds:unix-time [condition(NX|XX|GT|LT)] "
     "<FIELDS fields{numfields:integer field...}>"},
  {.name = "hexpiretime", .arity = -5, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hexpiretime,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the Unix times in seconds at which fields of a hash expire.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>"},
  {.name = "hpersist", .arity = -5, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hpersist,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Takes the time to live off fields of a hash.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>"},
  {.name = "hpexpire", .arity = -6, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hpexpire,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Gives fields of a hash a time to live in milliseconds.",
   .syntax =
     "key milliseconds:integer [condition(NX|XX|GT|LT)] "
     "<FIELDS fields{numfields:integer field...}>"},
  {.name = "hpexpireat", .arity = -6, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hpexpireat,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Lets fields of a hash expire at a Unix time in milliseconds.",
   .syntax =
     "key unix-time-milliseconds:unix-time [condition(NX|XX|GT|LT)] "
     "<FIELDS fields{numfields:integer field...}>"},
  {.name = "hpexpiretime", .arity = -5, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hpexpiretime,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the Unix times in milliseconds at which fields of a hash expire.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>"},
  {.name = "hpttl", .arity = -5, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hpttl,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the milliseconds that fields of a hash have left to live.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>", .tips = "nondeterministic_output"},
  {.name = "httl", .arity = -5, .flags = readonly | fast, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_httl,
   .group = command_group::hash, .since = "7.4.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the seconds that fields of a hash have left to live.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>", .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hash_expiry_rows() noexcept {
  return hash_expiry_table;
}

} // namespace thespis::commands
