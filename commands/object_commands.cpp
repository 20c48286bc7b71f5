/// OBJECT: what the server knows about a value beyond its content. None of it touches the access
/// clock, which it reports.

#include "commands/rows.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/access_clock.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <limits>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// Redis keeps one object for each integer below this and says so through its reference count.
constexpr std::int64_t shared_integers = 10'000;

constexpr std::string_view object_help[] = {
  "ENCODING <key>",
  "    Show how the value of <key> is stored in memory.",
  "FREQ <key>",
  "    Show the access counter of <key>, which grows with the logarithm of its use and decays.",
  "IDLETIME <key>",
  "    Show for how many seconds <key> has not been accessed.",
  "REFCOUNT <key>",
  "    Show how many references there are to the value of <key>.",
};

} // namespace

/// OBJECT ENCODING key -> bulk string | null. Cost: O(1).
void cmd_object_encoding(command_context& ctx, arguments args) {
  const auto at = ctx.inspect_untold(args[2]);
  if (!at)
    return ctx.reply.null();
  ctx.reply.bulk(at->encoding_name());
}

/// OBJECT FREQ key -> counter from 0 to 255 | null. Errors: no LFU policy. Cost: O(1).
void cmd_object_freq(command_context& ctx, arguments args) {
  const auto at = ctx.inspect_untold(args[2]);
  if (!at)
    return ctx.reply.null();
  const auto& access = ctx.home(args[2]).access;
  if (!access.lfu.load(std::memory_order_relaxed))
    return ctx.reply.error(errors::no_lfu_policy);
  const auto decay_minutes = access.lfu_decay_minutes.load(std::memory_order_relaxed);
  ctx.reply.integer(keyspace::lfu_counter(at->access(), ctx.now.ms, decay_minutes));
}

/// OBJECT IDLETIME key -> seconds | null. Errors: an LFU policy. Cost: O(1).
void cmd_object_idletime(command_context& ctx, arguments args) {
  const auto at = ctx.inspect_untold(args[2]);
  if (!at)
    return ctx.reply.null();
  if (ctx.home(args[2]).access.lfu.load(std::memory_order_relaxed))
    return ctx.reply.error(errors::lfu_policy);
  ctx.reply.integer(keyspace::lru_idle_seconds(at->access(), ctx.now.ms));
}

/// OBJECT REFCOUNT key -> 1, or 2147483647 for a small integer | null. Cost: O(1).
void cmd_object_refcount(command_context& ctx, arguments args) {
  const auto at = ctx.inspect_untold(args[2]);
  if (!at)
    return ctx.reply.null();
  const bool shared = at->is_string() && at->is_integer() && at->integer() >= 0
                      && at->integer() < shared_integers;
  ctx.reply.integer(shared ? std::numeric_limits<int>::max() : 1);
}

/// OBJECT HELP -> array of simple strings. Cost: O(1).
void cmd_object_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "OBJECT", object_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec object_table[] = {
  {.name = "object", .arity = -2, .group = command_group::generic, .since = "2.2.3",
   .complexity = "Depends on subcommand.",
   .summary = "A container for commands that look into the object behind a key."},
  {.name = "object|encoding", .arity = 3, .flags = readonly, .acl = acl_keyspace,
   .keys = key_at<2, key_ro>, .route = way::single, .run = cmd_object_encoding,
   .group = command_group::generic, .since = "2.2.3", .complexity = "O(1)",
   .summary = "Replies with the internal encoding of the value at a key.", .syntax = "key",
   .tips = "nondeterministic_output"},
  {.name = "object|freq", .arity = 3, .flags = readonly, .acl = acl_keyspace,
   .keys = key_at<2, key_ro>, .route = way::single, .run = cmd_object_freq,
   .group = command_group::generic, .since = "4.0.0", .complexity = "O(1)",
   .summary = "Replies with the logarithmic counter of accesses to a key.", .syntax = "key",
   .tips = "nondeterministic_output"},
  {.name = "object|help", .arity = 2, .flags = loading | stale, .acl = acl_keyspace,
   .route = way::session, .run = cmd_object_help, .group = command_group::generic, .since = "6.2.0",
   .complexity = "O(1)", .summary = "Lists the subcommands of OBJECT."},
  {.name = "object|idletime", .arity = 3, .flags = readonly, .acl = acl_keyspace,
   .keys = key_at<2, key_ro>, .route = way::single, .run = cmd_object_idletime,
   .group = command_group::generic, .since = "2.2.3", .complexity = "O(1)",
   .summary = "Replies with the seconds since a key was last accessed.", .syntax = "key",
   .tips = "nondeterministic_output"},
  {.name = "object|refcount", .arity = 3, .flags = readonly, .acl = acl_keyspace,
   .keys = key_at<2, key_ro>, .route = way::single, .run = cmd_object_refcount,
   .group = command_group::generic, .since = "2.2.3", .complexity = "O(1)",
   .summary = "Replies with the number of references to the value at a key.", .syntax = "key",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> object_rows() noexcept {
  return object_table;
}

} // namespace thespis::commands
