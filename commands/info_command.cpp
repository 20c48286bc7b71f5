#include "commands/info_sections.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "keyspace/command_context.hpp"

namespace thespis::commands {

/// INFO [section …] -> text. Cost: O(sections * commands).
void cmd_info(keyspace::command_context& ctx, protocol::arguments args) {
  ctx.reply.verbatim("txt", describe_server(*ctx.server, args.subspan(1), ctx.now));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec info_table[] = {
  {.name = "info", .arity = -1, .flags = loading | stale, .acl = acl_dangerous,
   .route = way::administrator, .run = cmd_info, .group = command_group::server, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Tells about the state of the server, section by section.",
   .syntax = "[section...]",
   .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> info_rows() noexcept {
  return info_table;
}

} // namespace thespis::commands
