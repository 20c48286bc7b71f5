/// MEMORY: what takes the memory. The figures of the allocator come through server_state::memory;
/// MEMORY USAGE asks the entry itself.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/memory_report.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view memory_help[] = {
  "DOCTOR",
  "    Look for problems with memory and explain them.",
  "MALLOC-STATS",
  "    Reply with the report of the allocator.",
  "PURGE",
  "    Ask the allocator to give unused memory back.",
  "STATS",
  "    Reply with figures about the use of memory.",
  "USAGE <key> [SAMPLES <count>]",
  "    Estimate the bytes of <key> and its value. Of nested values <count> are",
  "    looked at (default: 5, 0 for all).",
};

} // namespace

/// MEMORY USAGE key [SAMPLES count] -> bytes | null
/// Values know their size, so the samples are read and not needed. Errors: syntax. Cost: O(1).
void cmd_memory_usage(command_context& ctx, arguments args) {
  for (std::size_t i = 3; i < args.size(); i += 2) {
    if (!equals_nocase(args[i], "samples") || i + 1 == args.size())
      return ctx.reply.error(errors::syntax);
    const auto samples = base::parse_int64(args[i + 1]);
    if (!samples)
      return ctx.reply.error(errors::not_an_integer);
    if (*samples < 0)
      return ctx.reply.error(errors::syntax);
  }
  const auto at = ctx.peek(args[2]);
  if (!at)
    return ctx.reply.null();
  ctx.reply.integer(static_cast<std::int64_t>(at->memory_bytes()));
}

/// MEMORY STATS -> map of names and numbers. Cost: O(databases * partitions).
void cmd_memory_stats(command_context& ctx, arguments) {
  reply_memory_statistics(ctx.reply, *ctx.server);
}

/// MEMORY DOCTOR -> text. Cost: O(databases * partitions).
void cmd_memory_doctor(command_context& ctx, arguments) {
  ctx.reply.verbatim("txt", explain_memory(measure(*ctx.server)));
}

/// MEMORY MALLOC-STATS -> text. Cost: the allocator's.
void cmd_memory_malloc_stats(command_context& ctx, arguments) {
  const auto& report = ctx.server->hooks.allocator_report;
  ctx.reply.verbatim("txt", report ? report() : "Stats not supported for the current allocator");
}

/// MEMORY PURGE -> OK. Cost: the allocator's.
void cmd_memory_purge(command_context& ctx, arguments) {
  if (ctx.server->hooks.purge_memory)
    ctx.server->hooks.purge_memory();
  ctx.reply.ok();
}

/// MEMORY HELP -> array of lines. Cost: O(1).
void cmd_memory_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "MEMORY", memory_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec memory_table[] = {
  {.name = "memory", .arity = -2, .route = way::administrator, .group = command_group::server,
   .since = "4.0.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about the memory that the server uses."},
  {.name = "memory|doctor", .arity = 2, .route = way::administrator, .run = cmd_memory_doctor,
   .group = command_group::server, .since = "4.0.0", .complexity = "O(1)",
   .summary = "Looks for problems with memory and explains them.",
   .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
  {.name = "memory|help", .arity = 2, .flags = loading | stale, .route = way::session,
   .run = cmd_memory_help, .group = command_group::server, .since = "4.0.0", .complexity = "O(1)",
   .summary = "Lists the subcommands of MEMORY."},
  {.name = "memory|malloc-stats", .arity = 2, .route = way::administrator,
   .run = cmd_memory_malloc_stats, .group = command_group::server, .since = "4.0.0",
   .complexity = "Depends on how much memory is allocated, could be slow",
   .summary = "Replies with the statistics of the allocator.",
   .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
  {.name = "memory|purge", .arity = 2, .route = way::administrator, .run = cmd_memory_purge,
   .group = command_group::server, .since = "4.0.0",
   .complexity = "Depends on how much memory is allocated, could be slow",
   .summary = "Asks the allocator to give unused memory back to the system.",
   .tips = "request_policy:all_shards response_policy:all_succeeded"},
  {.name = "memory|stats", .arity = 2, .route = way::administrator, .run = cmd_memory_stats,
   .group = command_group::server, .since = "4.0.0", .complexity = "O(1)",
   .summary = "Replies with figures about the use of memory.",
   .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
  {.name = "memory|usage", .arity = -3, .flags = readonly, .keys = key_at<2, key_ro>,
   .route = way::single, .run = cmd_memory_usage, .group = command_group::server, .since = "4.0.0",
   .complexity = "O(N) where N is the number of samples.",
   .summary = "Estimates the bytes that a key and its value take.",
   .syntax = "key [SAMPLES count:integer]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> memory_rows() noexcept {
  return memory_table;
}

} // namespace thespis::commands
