/// When keys expire: setting the time, asking for it, taking it off. A time that has passed already
/// deletes the key at once. Relative times are replayed as PEXPIREAT, and deletions as DEL.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/expire_time.hpp"
#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// Which keys EXPIRE leaves alone.
struct expire_conditions {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;

  /// `now_at_ms`: when the key expires so far. No expiry counts as never: later than everything.
  bool allow(std::optional<std::int64_t> now_at_ms, std::int64_t new_at_ms) const {
    if ((nx && now_at_ms) || (xx && !now_at_ms))
      return false;
    if (gt && (!now_at_ms || new_at_ms <= *now_at_ms))
      return false;
    return !lt || !now_at_ms || new_at_ms < *now_at_ms;
  }
};

/// Empty: an error has been replied.
std::optional<expire_conditions> read_conditions(command_context& ctx, arguments words) {
  expire_conditions out;
  for (const auto word : words) {
    if (equals_nocase(word, "nx")) {
      out.nx = true;
    } else if (equals_nocase(word, "xx")) {
      out.xx = true;
    } else if (equals_nocase(word, "gt")) {
      out.gt = true;
    } else if (equals_nocase(word, "lt")) {
      out.lt = true;
    } else {
      ctx.reply.error(errors::unsupported_option(word));
      return std::nullopt;
    }
  }
  if (out.nx && (out.xx || out.gt || out.lt)) {
    ctx.reply.error(errors::expire_nx_conflict);
    return std::nullopt;
  }
  if (out.gt && out.lt) {
    ctx.reply.error(errors::expire_gt_conflict);
    return std::nullopt;
  }
  return out;
}

void expire(command_context& ctx, arguments args, time_notation notation) {
  const auto conditions = read_conditions(ctx, args.subspan(3));
  if (!conditions)
    return;
  const auto at_ms = read_time(ctx, args[2], notation);
  if (!at_ms)
    return;
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  const auto before = at->has_expiry() ? std::optional{at->expire_at_ms()} : std::nullopt;
  if (!conditions->allow(before, *at_ms))
    return ctx.reply.integer(0);
  if (*at_ms <= ctx.now.ms) {
    erase(ctx, key, at);
    ctx.replay_as(key, {"DEL", key});
  } else {
    ctx.db(key).set_expiry(at, *at_ms);
    ctx.did(event_class::generic, "expire", key);
    char digits[24];
    ctx.replay_as(key, {"PEXPIREAT", key, base::format_int64(*at_ms, digits)});
  }
  ctx.reply.integer(1);
}

/// -2 without the key, -1 without an expiry.
void reply_expiry(command_context& ctx, std::string_view key, time_notation notation) {
  const auto at = ctx.inspect(key);
  if (!at)
    return ctx.reply.integer(-2);
  if (!at->has_expiry())
    return ctx.reply.integer(-1);
  auto time = at->expire_at_ms();
  if (notation.origin == time_origin::now)
    time = std::max<std::int64_t>(time - ctx.now.ms, 0);
  // Half seconds round up; written so that the last times before the end of int64 do not overflow.
  if (notation.unit == time_unit::seconds)
    time = time / 1000 + (time % 1000 >= 500);
  ctx.reply.integer(time);
}

} // namespace

/// EXPIRE key seconds [NX | XX | GT | LT] -> 1 | 0 (no such key, or the condition is not met)
/// Errors: options, time. Cost: O(1).
void cmd_expire(command_context& ctx, arguments args) {
  expire(ctx, args, relative_seconds);
}

/// PEXPIRE: EXPIRE in milliseconds.
void cmd_pexpire(command_context& ctx, arguments args) {
  expire(ctx, args, relative_milliseconds);
}

/// EXPIREAT: EXPIRE at a Unix time in seconds.
void cmd_expireat(command_context& ctx, arguments args) {
  expire(ctx, args, unix_seconds);
}

/// PEXPIREAT: EXPIRE at a Unix time in milliseconds.
void cmd_pexpireat(command_context& ctx, arguments args) {
  expire(ctx, args, unix_milliseconds);
}

/// TTL key -> seconds left | -1 | -2. Cost: O(1).
void cmd_ttl(command_context& ctx, arguments args) {
  reply_expiry(ctx, args[1], relative_seconds);
}

/// PTTL key -> milliseconds left | -1 | -2. Cost: O(1).
void cmd_pttl(command_context& ctx, arguments args) {
  reply_expiry(ctx, args[1], relative_milliseconds);
}

/// EXPIRETIME key -> Unix time in seconds | -1 | -2. Cost: O(1).
void cmd_expiretime(command_context& ctx, arguments args) {
  reply_expiry(ctx, args[1], unix_seconds);
}

/// PEXPIRETIME key -> Unix time in milliseconds | -1 | -2. Cost: O(1).
void cmd_pexpiretime(command_context& ctx, arguments args) {
  reply_expiry(ctx, args[1], unix_milliseconds);
}

/// PERSIST key -> 1 | 0 (no such key, or it had no expiry). Cost: O(1).
void cmd_persist(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (!at || !ctx.db(args[1]).clear_expiry(at))
    return ctx.reply.integer(0);
  ctx.did(event_class::generic, "persist", args[1]);
  ctx.reply.integer(1);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec expiry_table[] = {
  {.name = "expire", .arity = -3, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_expire,
   .group = command_group::generic, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Gives a key a time to live in seconds.",
   .syntax = "key seconds:integer [condition(NX|XX|GT|LT)@7.0.0]"},
  {.name = "expireat", .arity = -3, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_expireat,
   .group = command_group::generic, .since = "1.2.0", .complexity = "O(1)",
   .summary = "Lets a key expire at a Unix time in seconds.",
   .syntax = "key unix-time-seconds:unix-time [condition(NX|XX|GT|LT)@7.0.0]"},
  {.name = "expiretime", .arity = 2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_expiretime,
   .group = command_group::generic, .since = "7.0.0", .complexity = "O(1)",
   .summary = "Replies with the Unix time in seconds at which a key expires.", .syntax = "key"},
  {.name = "persist", .arity = 2, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_persist,
   .group = command_group::generic, .since = "2.2.0", .complexity = "O(1)",
   .summary = "Takes the time to live off a key.", .syntax = "key"},
  {.name = "pexpire", .arity = -3, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_pexpire,
   .group = command_group::generic, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Gives a key a time to live in milliseconds.",
   .syntax = "key milliseconds:integer [condition(NX|XX|GT|LT)@7.0.0]"},
  {.name = "pexpireat", .arity = -3, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_pexpireat,
   .group = command_group::generic, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Lets a key expire at a Unix time in milliseconds.",
   .syntax = "key unix-time-milliseconds:unix-time [condition(NX|XX|GT|LT)@7.0.0]"},
  {.name = "pexpiretime", .arity = 2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_pexpiretime,
   .group = command_group::generic, .since = "7.0.0", .complexity = "O(1)",
   .summary = "Replies with the Unix time in milliseconds at which a key expires.",
   .syntax = "key"},
  {.name = "pttl", .arity = 2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_pttl,
   .group = command_group::generic, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Replies with the milliseconds that a key has left to live.", .syntax = "key",
   .tips = "nondeterministic_output"},
  {.name = "ttl", .arity = 2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_ttl,
   .group = command_group::generic, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the seconds that a key has left to live.", .syntax = "key",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> expiry_rows() noexcept {
  return expiry_table;
}

} // namespace thespis::commands
