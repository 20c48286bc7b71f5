/// BGREWRITEAOF: the journal, written anew from what there is. WAITAOF: until it is on the disk.

#include "commands/durability_reply.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

/// BGREWRITEAOF -> a sentence that says that it has begun, or will as soon as a snapshot is over.
/// Errors: it goes on already, it cannot begin. Cost: O(1), the work goes on in the background.
void cmd_bgrewriteaof(command_context& ctx, arguments) {
  auto& journaling = ctx.server->journaling;
  if (journaling.rewriting)
    return ctx.reply.error(errors::rewrite_in_progress);
  if (ctx.server->saving.running || ctx.inner != nullptr) {
    journaling.scheduled = true;
    return ctx.reply.simple("Background append only file rewriting scheduled");
  }
  if (!ctx.server->hooks.rewrite_journal || !ctx.server->hooks.rewrite_journal())
    return ctx.reply.error(errors::rewrite_cannot_begin);
  ctx.reply.simple("Background append only file rewriting started");
}

namespace {

/// Milliseconds; when the wait ends, Unix ms, 0: never. Nothing: an error has been replied.
std::optional<std::int64_t> read_timeout(command_context& ctx, std::string_view word) {
  const auto ms = read_integer(ctx.reply, word, errors::timeout_not_an_integer);
  if (!ms || *ms == 0)
    return ms;
  if (*ms > 0 && *ms <= int64_max - ctx.now.ms)
    return ctx.now.ms + *ms;
  ctx.reply.error(*ms < 0 ? errors::timeout_negative : errors::timeout_out_of_range);
  return std::nullopt;
}

} // namespace

/// WAITAOF numlocal numreplicas timeout -> two integers: whether all that was done before is on the
/// disk here, and on how many replicas it is (there are none). Waits until that is as much as asked
/// for, or so many milliseconds (0: for ever); not in transactions. Errors: numbers, numlocal
/// without a journal, also if it is turned off meanwhile. Cost: O(1).
void cmd_waitaof(command_context& ctx, arguments args) {
  const auto local = read_integer(ctx.reply, args[1], errors::not_an_integer);
  if (!local)
    return;
  if (*local < 0 || *local > 1)
    return ctx.reply.error("ERR value is out of range, value must between 0 and 1");
  const auto replicas = read_integer(ctx.reply, args[2], 0, int64_max, errors::not_positive);
  if (!replicas)
    return;
  const auto until_ms = read_timeout(ctx, args[3]);
  if (!until_ms)
    return;
  const auto& measure = ctx.server->hooks.measure_journal;
  const auto journal = measure ? measure() : journal_figures{};
  if (*local == 1 && !ctx.server->options.is_on(base::option::appendonly))
    return ctx.reply.error(errors::no_journal_to_wait_for);
  const auto is_enough = *replicas == 0 && (*local == 0 || journal.is_durable);
  if (is_enough || !ctx.may_wait)
    return reply_durability(ctx.reply, journal.is_durable);
  ctx.wait_for({.keys = {}, .wanted = {}, .until_ms = *until_ms, .for_replicas = *replicas != 0});
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec journal_table[] = {
  {.name = "bgrewriteaof", .arity = 1, .flags = no_async_loading | admin | noscript,
   .route = way::administrator, .run = cmd_bgrewriteaof, .group = command_group::server,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Writes the journal anew, in the background."},
  {.name = "waitaof", .arity = 4, .flags = noscript | waits_for_disk, .acl = acl_connection,
   .route = way::administrator, .run = cmd_waitaof, .group = command_group::generic,
   .since = "7.2.0", .complexity = "O(1)",
   .summary = "Waits until what was written before is on the disk.",
   .syntax = "numlocal:integer numreplicas:integer timeout:integer",
   .tips = "request_policy:all_shards response_policy:agg_min"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> journal_rows() noexcept {
  return journal_table;
}

} // namespace thespis::commands
