/// The commands that set whole strings: SET and its older shapes, GETSET, GETEX, and the many-key
/// MSET, MSETNX. Those with a relative time are replayed as SET … PXAT, because a replay happens
/// later.

#include "base/number.hpp"
#include "base/seeded_fault.hpp"
#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "commands/set_options.hpp"
#include "commands/string_digest.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

void set_until(command_context& ctx, std::string_view key, database::slot& at,
               std::string_view value, std::int64_t expire_at_ms) {
  store_string_until(ctx, key, at, value, expire_at_ms, "set");
  char digits[24];
  ctx.replay_as(key, {"SET", key, value, "PXAT", base::format_int64(expire_at_ms, digits)});
}

/// Replies with the old value or null. Returns false after an error.
bool reply_old_value(command_context& ctx, const database::slot& at) {
  if (!at) {
    ctx.reply.null();
    return true;
  }
  if (is_wrong_type(ctx, at))
    return false;
  reply_string(ctx, *at);
  return true;
}

/// Sets without a time.
void set_and_keep(command_context& ctx, std::string_view key, database::slot& at,
                  std::string_view value, const set_options& options) {
  const bool keep_ttl = options.ttl == ttl_option::keep;
  store_string(ctx, key, at, value, keep_ttl, "set");
  // Neither GET nor a comparison is needed again, and older servers do not know them.
  if (!options.get && !compares_value(options.condition))
    return;
  if (keep_ttl)
    ctx.replay_as(key, {"SET", key, value, "KEEPTTL"});
  else
    ctx.replay_as(key, {"SET", key, value});
}

/// SET with options.
void set_with_options(command_context& ctx, arguments args, const set_options& options) {
  const auto key = args[1];
  std::optional<std::int64_t> expire_at_ms;
  if (options.ttl == ttl_option::at_time) {
    expire_at_ms = read_positive_time(ctx, options.time, options.notation);
    if (!expire_at_ms)
      return;
  }
  if (compares_digest(options.condition) && !is_digest(ctx, options.compared))
    return;
  auto at = options.get ? ctx.find_to_read(key) : ctx.find_to_write(key);
  if (compares_value(options.condition) && at && is_wrong_type(ctx, at))
    return;
  const bool met = meets(options.condition, at, options.compared);
  if (options.get) {
    if (!reply_old_value(ctx, at))
      return;
  } else if (!met) {
    return ctx.reply.null();
  }
  if (!met)
    return;
  if (expire_at_ms)
    set_until(ctx, key, at, args[2], *expire_at_ms);
  else
    set_and_keep(ctx, key, at, args[2], options);
  if (!options.get)
    ctx.reply.ok();
}

/// SETEX and PSETEX.
void set_with_time(command_context& ctx, arguments args, time_notation notation) {
  const auto expire_at_ms = read_positive_time(ctx, args[2], notation);
  if (!expire_at_ms)
    return;
  auto at = ctx.find_to_write(args[1]);
  set_until(ctx, args[1], at, args[3], *expire_at_ms);
  ctx.reply.ok();
}

/// What GETEX does after its reply.
void change_ttl(command_context& ctx, std::string_view key, database::slot& at,
                const set_options& options, std::int64_t expire_at_ms) {
  if (options.ttl == ttl_option::persist) {
    if (!ctx.db(key).clear_expiry(at))
      return;
    ctx.replay_as(key, {"PERSIST", key});
    return ctx.did(event_class::generic, "persist", key);
  }
  if (options.notation.origin == time_origin::epoch && expire_at_ms <= ctx.now.ms) {
    ctx.replay_as(key, {"DEL", key});
    return erase(ctx, key, at);
  }
  ctx.db(key).set_expiry(at, expire_at_ms);
  char digits[24];
  ctx.replay_as(key, {"PEXPIREAT", key, base::format_int64(expire_at_ms, digits)});
  ctx.did(event_class::generic, "expire", key);
}

/// Whether keys and values come in pairs; an error has been replied if not.
bool are_pairs(command_context& ctx, arguments args) {
  if (args.size() % 2 == 1)
    return true;
  ctx.reply.error(errors::wrong_arity(ctx.spec->name));
  return false;
}

/// Sets keys of which none exists: all of them, or without memory none.
void set_new_pairs(command_context& ctx, arguments args) {
  // A key may be named twice.
  std::vector<bool> is_new(args.size());
  try {
    for (std::size_t i = 1; i < args.size(); i += 2) {
      auto at = ctx.find_to_write(args[i]);
      is_new[i] = !at;
      ctx.db(args[i]).set_string(at, args[i + 1]);
    }
  } catch (const std::bad_alloc&) {
    for (std::size_t i = 1; i < args.size(); i += 2)
      if (auto at = ctx.find_to_write(args[i]))
        ctx.db(args[i]).erase(at);
    throw;
  }
  for (std::size_t i = 1; i < args.size(); i += 2) {
    if (is_new[i])
      ctx.also(event_class::new_key, "new", args[i]);
    ctx.did(event_class::string, "set", args[i]);
  }
}

} // namespace

/// SET key value [NX | XX | IFEQ v | IFNE v | IFDEQ d | IFDNE d] [GET] [EX | PX | EXAT | PXAT |
/// KEEPTTL] -> OK | null | the old value
/// Errors: syntax, time, WRONGTYPE with GET or a comparison. Cost: O(1).
void cmd_set(command_context& ctx, arguments args) {
  if (args.size() > 3) {
    if (const auto options = read_set_options(ctx, args, 3, set_grammar::set))
      set_with_options(ctx, args, *options);
    return;
  }
  if (base::seeded("set_is_lost", 50))
    return ctx.reply.ok();
  auto at = ctx.find_to_write(args[1]);
  store_string(ctx, args[1], at, args[2], false, "set");
  ctx.reply.ok();
}

/// SETNX key value -> 1 | 0. Cost: O(1).
void cmd_setnx(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (at)
    return ctx.reply.integer(0);
  store_string(ctx, args[1], at, args[2], false, "set");
  ctx.reply.integer(1);
}

/// SETEX key seconds value -> OK. Errors: time. Cost: O(1).
void cmd_setex(command_context& ctx, arguments args) {
  set_with_time(ctx, args, relative_seconds);
}

/// PSETEX key milliseconds value -> OK. Errors: time. Cost: O(1).
void cmd_psetex(command_context& ctx, arguments args) {
  set_with_time(ctx, args, relative_milliseconds);
}

/// GETSET key value -> the old value | null. Errors: WRONGTYPE. Cost: O(1).
void cmd_getset(command_context& ctx, arguments args) {
  auto at = ctx.find_to_read(args[1]);
  if (!reply_old_value(ctx, at))
    return;
  store_string(ctx, args[1], at, args[2], false, "set");
  ctx.replay_as(args[1], {"SET", args[1], args[2]});
}

/// GETEX key [EX | PX | EXAT | PXAT | PERSIST] -> bulk string | null
/// Errors: syntax, WRONGTYPE, time. Cost: O(1).
void cmd_getex(command_context& ctx, arguments args) {
  const auto options = read_set_options(ctx, args, 2, set_grammar::getex);
  if (!options)
    return;
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_wrong_type(ctx, at))
    return;
  std::int64_t expire_at_ms = 0;
  if (options->ttl == ttl_option::at_time) {
    const auto time = read_positive_time(ctx, options->time, options->notation);
    if (!time)
      return;
    expire_at_ms = *time;
  }
  reply_string(ctx, *at);
  if (options->ttl != ttl_option::none)
    change_ttl(ctx, args[1], at, *options, expire_at_ms);
}

/// MSET key value [key value …] -> OK. Errors: arity. Without memory for a value those before it
/// are set (see docs/compatibility.md). Cost: O(number of keys).
void cmd_mset(command_context& ctx, arguments args) {
  if (!are_pairs(ctx, args))
    return;
  for (std::size_t i = base::seeded("mset_skips_first", 20) ? 3 : 1; i < args.size(); i += 2) {
    auto at = ctx.find_to_write(args[i]);
    store_string(ctx, args[i], at, args[i + 1], false, "set");
  }
  ctx.reply.ok();
}

/// MSETNX key value [key value …] -> 1 | 0 (one of the keys exists, nothing is set).
/// Errors: arity. Cost: O(number of keys).
void cmd_msetnx(command_context& ctx, arguments args) {
  if (!are_pairs(ctx, args))
    return;
  for (std::size_t i = 1; i < args.size(); i += 2)
    if (ctx.find_to_write(args[i]))
      return ctx.reply.integer(0);
  set_new_pairs(ctx, args);
  ctx.reply.integer(1);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec getex_keys[] = {
  {.flags = key_rw | key_access | key_update, .position = 1,
   .notes = "RW and UPDATE because it changes the TTL"},
};
constexpr key_spec set_keys[] = {
  {.flags = key_rw | key_access | key_update | key_variable_flags, .position = 1,
   .notes = "RW and ACCESS due to the optional `GET` argument"},
};

constexpr command_spec string_set_table[] = {
  {.name = "getex", .arity = -2, .flags = write | fast, .acl = acl_string, .keys = getex_keys,
   .route = way::single, .run = cmd_getex, .group = command_group::string, .since = "6.2.0",
   .complexity = "O(1)",
   .summary = "Replies with the string at a key and changes its time to live.",
   .syntax =
     "key [expiration(EX seconds:integer|PX milliseconds:integer|EXAT "
     "unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|PERSIST)]"},
  {.name = "getset", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_getset,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Sets a string and replies with the one that it replaces.", .syntax = "key value",
   .deprecated_since = "6.2.0", .replaced_by = "`SET` with the `!GET` argument"},
  {.name = "mset", .arity = -3, .flags = write | denyoom, .acl = acl_string,
   .keys = keys_from<1, 2, key_ow | key_update>, .route = way::split, .replies = merge::first,
   .run = cmd_mset, .group = command_group::string, .since = "1.0.1",
   .complexity = "O(N) where N is the number of keys to set.",
   .summary = "Sets several strings at once.", .syntax = "data{key value}...",
   .tips = "request_policy:multi_shard response_policy:all_succeeded"},
  {.name = "msetnx", .arity = -3, .flags = write | denyoom, .acl = acl_string,
   .keys = keys_from<1, 2, key_ow | key_insert>, .route = way::borrow, .run = cmd_msetnx,
   .group = command_group::string, .since = "1.0.1",
   .complexity = "O(N) where N is the number of keys to set.",
   .summary = "Sets several strings at once, but only if none of the keys exists.",
   .syntax = "data{key value}..."},
  {.name = "psetex", .arity = 4, .flags = write | denyoom, .acl = acl_string,
   .keys = key_at<1, key_ow | key_update>, .route = way::single, .run = cmd_psetex,
   .group = command_group::string, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Sets a string together with a time to live in milliseconds.",
   .syntax = "key milliseconds:integer value", .deprecated_since = "2.6.12",
   .replaced_by = "`SET` with the `PX` argument"},
  {.name = "set", .arity = -3, .flags = write | denyoom, .acl = acl_string, .keys = set_keys,
   .keys_rule = key_rule::set, .route = way::single, .run = cmd_set, .group = command_group::string,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Sets a string, whatever was at the key; options add conditions and a time to live.",
   .syntax =
     "key value [condition(NX|XX|IFEQ ifeq-value@8.4.0|IFNE ifne-value@8.4.0|IFDEQ "
     "ifdeq-digest@8.4.0|IFDNE ifdne-digest@8.4.0)@2.6.12] [GET@6.2.0] [expiration(EX "
     "seconds:integer@2.6.12|PX milliseconds:integer@2.6.12|EXAT "
     "unix-time-seconds:unix-time@6.2.0|PXAT unix-time-milliseconds:unix-time@6.2.0|KEEPTTL@6.0.0)]"},
  {.name = "setex", .arity = 4, .flags = write | denyoom, .acl = acl_string,
   .keys = key_at<1, key_ow | key_update>, .route = way::single, .run = cmd_setex,
   .group = command_group::string, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Sets a string together with a time to live in seconds.",
   .syntax = "key seconds:integer value", .deprecated_since = "2.6.12",
   .replaced_by = "`SET` with the `EX` argument"},
  {.name = "setnx", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_ow | key_insert>, .route = way::single, .run = cmd_setnx,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Sets a string, but only if the key does not exist.", .syntax = "key value",
   .deprecated_since = "2.6.12", .replaced_by = "`SET` with the `NX` argument"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> string_set_rows() noexcept {
  return string_set_table;
}

} // namespace thespis::commands
