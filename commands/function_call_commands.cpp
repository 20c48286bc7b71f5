/// FCALL and FCALL_RO: functions run as one request, with all partitions or, where a function says
/// that it declares its keys, with those of these. Source: Redis, "Redis functions".

#include "commands/library_loading.hpp"
#include "commands/rows.hpp"
#include "commands/script_performance.hpp"
#include "commands/shebang.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/script_errors.hpp"

#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

void call(command_context& ctx, arguments args, bool read_only) {
  auto& stage = *ctx.scripts;
  if (stage.engine.is_suspended())
    return resume(ctx, args);
  if (!is_engine_free(ctx))
    return;
  const auto* const found = stage.functions.find(args[1]);
  if (found == nullptr)
    return ctx.reply.error(errors::no_function);
  const auto keys = script_key_count(ctx, args, errors::bad_key_count);
  if (!keys)
    return;
  const auto& about = found->about();
  const auto flags = about.flags | script_has_flags;
  if (const auto error = objection_to_run(stage, flags, read_only); !error.empty())
    return ctx.reply.error(error);
  follow_libraries(stage);
  if (const auto error = ensure_loaded(stage, *found->library))
    return ctx.reply.error("ERR " + *error);
  begin_performance(ctx, {.flags = flags, .read_only = read_only, .function = about.name});
  const auto rest = args.subspan(3);
  perform(ctx, args, [&](auto& calls) {
    return stage.engine.call(*found->library, found->index, rest.first(*keys), rest.subspan(*keys),
                             calls, ctx.reply);
  });
}

} // namespace

/// FCALL function numkeys [key …] [arg …] -> what the function returns. Errors: no such function,
/// numkeys; the function's. Cost: the function's.
void cmd_fcall(command_context& ctx, arguments args) {
  call(ctx, args, false);
}

/// FCALL_RO: the same for a function that has the flag no-writes.
void cmd_fcall_ro(command_context& ctx, arguments args) {
  call(ctx, args, true);
}

namespace {

using namespace thespis::protocol;

constexpr key_spec fcall_keys[] = {
  {.flags = key_rw | key_access | key_update,
   .position = 2,
   .find_keys = key_spec::find::keynum,
   .notes = "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"}};
constexpr key_spec fcall_ro_keys[] = {
  {.flags = key_ro | key_access,
   .position = 2,
   .find_keys = key_spec::find::keynum,
   .notes = "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"}};

// clang-format off
constexpr command_spec function_call_table[] = {
  {.name = "fcall", .arity = -3,
   .flags = noscript | stale | skip_monitor | may_replicate | no_mandatory_keys,
   .acl = acl_scripting, .keys = fcall_keys, .route = way::script, .run = cmd_fcall,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "Depends on the function that is executed.",
   .summary = "Calls a function.",
   .syntax = "function:string numkeys:integer [key...] [arg:string...]"},
  {.name = "fcall_ro", .arity = -3,
   .flags = noscript | stale | skip_monitor | no_mandatory_keys | readonly,
   .acl = acl_scripting, .keys = fcall_ro_keys, .route = way::script, .run = cmd_fcall_ro,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "Depends on the function that is executed.",
   .summary = "Calls a function that only reads.",
   .syntax = "function:string numkeys:integer [key...] [arg:string...]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> function_call_rows() noexcept {
  return function_call_table;
}

} // namespace thespis::commands
