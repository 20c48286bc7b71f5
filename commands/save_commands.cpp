/// SAVE, BGSAVE, LASTSAVE: the data set as a file. Both kinds of saving take the same snapshot
/// while clients are served; SAVE answers when it is on the disk.

#include "base/ascii.hpp"
#include "base/time_units.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

/// SAVE -> OK. Errors: a snapshot is being taken, it cannot be written. Cost: O(all data).
void cmd_save(command_context& ctx, arguments) {
  auto& saving = ctx.server->saving;
  if (ctx.has_moved)
    return saving.last_succeeded ? ctx.reply.ok() : ctx.reply.error(errors::save_failed);
  if (saving.running || ctx.server->journaling.rewriting)
    return ctx.reply.error(errors::save_in_progress);
  if (!ctx.server->hooks.begin_save || !ctx.server->hooks.begin_save())
    return ctx.reply.error(errors::save_failed);
  ctx.move_to(keyspace::place::administrator);
}

/// BGSAVE [SCHEDULE] -> a sentence that says that it has begun, or will behind the transaction in
/// which it was asked for. Errors: a snapshot is being taken. Cost: O(1), the work goes on in the
/// background.
void cmd_bgsave(command_context& ctx, arguments args) {
  if (args.size() > 2 || (args.size() == 2 && !equals_nocase(args[1], "schedule")))
    return ctx.reply.error(errors::syntax);
  auto& saving = ctx.server->saving;
  if (saving.running)
    return ctx.reply.error(errors::save_in_progress);
  if (ctx.server->journaling.rewriting && ctx.inner == nullptr && args.size() == 1)
    return ctx.reply.error(errors::save_while_rewriting);
  if (ctx.server->journaling.rewriting || ctx.inner != nullptr) {
    saving.scheduled = true;
    return ctx.reply.simple("Background saving scheduled");
  }
  if (!ctx.server->hooks.begin_save || !ctx.server->hooks.begin_save())
    return ctx.reply.error(errors::save_failed);
  ctx.reply.simple("Background saving started");
}

/// LASTSAVE -> Unix time in seconds of the last snapshot that succeeded. Cost: O(1).
void cmd_lastsave(command_context& ctx, arguments) {
  ctx.reply.integer(ctx.server->saving.last_success_ms / base::ms_per_s);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec save_table[] = {
  {.name = "bgsave", .arity = -1, .flags = no_async_loading | admin | noscript,
   .route = way::administrator, .run = cmd_bgsave, .group = command_group::server,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Writes the data set to a file, in the background.", .syntax = "[SCHEDULE@3.2.2]"},
  {.name = "lastsave", .arity = 1, .flags = loading | stale | fast,
   .acl = acl_admin | acl_dangerous, .route = way::administrator, .run = cmd_lastsave,
   .group = command_group::server, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the time at which the data set was last saved.",
   .tips = "nondeterministic_output"},
  {.name = "save", .arity = 1, .flags = no_async_loading | admin | noscript | no_multi,
   .route = way::administrator, .run = cmd_save, .group = command_group::server, .since = "1.0.0",
   .complexity = "O(N) where N is the total number of keys in all databases",
   .summary = "Writes the data set to a file, and replies when that is done."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> save_rows() noexcept {
  return save_table;
}

} // namespace thespis::commands
