/// BGREWRITEAOF: the journal, written anew from what there is.

#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

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

using namespace thespis::protocol;

// clang-format off
constexpr command_spec journal_table[] = {
  {.name = "bgrewriteaof", .arity = 1, .flags = no_async_loading | admin | noscript,
   .route = way::administrator, .run = cmd_bgrewriteaof, .group = command_group::server,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Writes the journal anew, in the background."},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> journal_rows() noexcept {
  return journal_table;
}

} // namespace thespis::commands
