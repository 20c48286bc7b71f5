/// EVAL and its like: scripts run as one request. By default a script needs all partitions, because
/// many build the names of their keys while they run; one that says that it declares its keys needs
/// the partitions of these. Source: Redis, "Scripting with Lua".

#include "base/ascii.hpp"
#include "base/sha1.hpp"
#include "commands/rows.hpp"
#include "commands/script_performance.hpp"
#include "commands/script_stage.hpp"
#include "commands/shebang.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/script_errors.hpp"

#include <memory>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

using script_ptr = script_library::entry;

bool has_all_partitions(const command_context& ctx) noexcept {
  for (std::size_t i = 0; i < ctx.shards.partition_count(); ++i)
    if (!ctx.shards.covers_partition(i))
      return false;
  return true;
}

/// The script of that source, which is in the library from then on. Null: an error has been
/// replied. A script that has to do without some partitions leaves the library alone.
script_ptr script_of(command_context& ctx, std::string_view source) {
  auto& stage = *ctx.scripts;
  const auto sha = base::to_hex(base::sha1(source));
  if (auto known = stage.library.find(sha))
    return known;
  const auto flags = read_shebang(source);
  if (!flags) {
    ctx.reply.error("ERR " + flags.why());
    return nullptr;
  }
  auto made = std::make_shared<const scripting::script>(
    scripting::script{sha, std::string{source}, *flags});
  if (const auto error = stage.engine.compile(*made)) {
    ctx.reply.error(*error);
    return nullptr;
  }
  if (has_all_partitions(ctx))
    stage.library.add(made);
  return made;
}

void evaluate(command_context& ctx, arguments args, bool by_sha, bool read_only) {
  auto& stage = *ctx.scripts;
  if (stage.engine.is_suspended())
    return resume(ctx, args);
  if (!is_engine_free(ctx))
    return;
  if (by_sha && args[1].size() != scripting::sha_digits)
    return ctx.reply.error(errors::no_script);
  const auto keys = script_key_count(ctx, args, errors::not_an_integer);
  if (!keys)
    return;
  follow_libraries(stage);
  const auto script = by_sha ? stage.library.find(args[1]) : script_of(ctx, args[1]);
  if (!script) {
    if (by_sha)
      ctx.reply.error(errors::no_script);
    return;
  }
  if (const auto error = objection_to_run(stage, script->flags, read_only); !error.empty())
    return ctx.reply.error(error);
  begin_performance(ctx, {.flags = script->flags, .read_only = read_only});
  const auto rest = args.subspan(3);
  perform(ctx, args, [&](auto& calls) {
    return stage.engine.run(*script, rest.first(*keys), rest.subspan(*keys), calls, ctx.reply);
  });
}

} // namespace

/// EVAL script numkeys [key …] [arg …] -> what the script returns. Errors: numkeys; the script's.
/// Cost: SHA-1 of the script, and the script.
void cmd_eval(command_context& ctx, arguments args) {
  evaluate(ctx, args, false, false);
}

/// EVAL_RO: the same for a script that may not write.
void cmd_eval_ro(command_context& ctx, arguments args) {
  evaluate(ctx, args, false, true);
}

/// EVALSHA sha1 numkeys [key …] [arg …] -> as EVAL. Errors: NOSCRIPT.
void cmd_evalsha(command_context& ctx, arguments args) {
  evaluate(ctx, args, true, false);
}

void cmd_evalsha_ro(command_context& ctx, arguments args) {
  evaluate(ctx, args, true, true);
}

/// SCRIPT LOAD script -> its SHA-1. Errors: the compiler's. Cost: O(length).
void cmd_script_load(command_context& ctx, arguments args) {
  if (!is_engine_free(ctx))
    return;
  follow_libraries(*ctx.scripts);
  if (const auto script = script_of(ctx, args[2]))
    ctx.reply.bulk(script->sha);
}

/// SCRIPT EXISTS sha1 [sha1 …] -> array of 1 and 0. Cost: O(names).
void cmd_script_exists(command_context& ctx, arguments args) {
  const auto names = args.subspan(2);
  ctx.reply.array(names.size());
  for (const auto name : names)
    ctx.reply.integer(ctx.scripts->library.find(name) ? 1 : 0);
}

/// SCRIPT FLUSH [ASYNC|SYNC] -> OK. Each engine forgets when it runs its next script, so there is
/// nothing to do in the background. Cost: O(scripts).
void cmd_script_flush(command_context& ctx, arguments args) {
  using base::equals_nocase;
  if (args.size() > 3
      || (args.size() == 3 && !equals_nocase(args[2], "sync") && !equals_nocase(args[2], "async")))
    return ctx.reply.error(errors::script_flush_mode);
  if (!is_engine_free(ctx))
    return;
  ctx.scripts->library.clear();
  follow_libraries(*ctx.scripts);
  ctx.reply.ok();
}

/// SCRIPT SHOW sha1 -> the script, as it was loaded. Errors: NOSCRIPT. Cost: O(length).
void cmd_script_show(command_context& ctx, arguments args) {
  if (const auto script = ctx.scripts->library.find(args[2]))
    ctx.reply.bulk(script->source);
  else
    ctx.reply.error(errors::no_script);
}

namespace {

using namespace thespis::protocol;

constexpr std::string_view unknown_use_rw
  = "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE";
constexpr std::string_view unknown_use_ro
  = "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS";

constexpr key_spec keys_behind_count(std::uint16_t flags, std::string_view notes) {
  return {.flags = flags, .position = 2, .find_keys = key_spec::find::keynum, .notes = notes};
}

constexpr key_spec eval_keys[] = {
  keys_behind_count(key_rw | key_access | key_update, unknown_use_rw)};
constexpr key_spec evalsha_keys[] = {keys_behind_count(key_rw | key_access | key_update, {})};
constexpr key_spec eval_ro_keys[] = {keys_behind_count(key_ro | key_access, unknown_use_ro)};
constexpr key_spec evalsha_ro_keys[] = {keys_behind_count(key_ro | key_access, {})};

constexpr std::uint32_t eval_flags = noscript | stale | skip_monitor | may_replicate
                                     | no_mandatory_keys;
constexpr std::uint32_t eval_ro_flags = noscript | stale | skip_monitor | no_mandatory_keys
                                        | readonly;

// clang-format off
constexpr command_spec script_table[] = {
  {.name = "eval", .arity = -3, .flags = eval_flags, .acl = acl_scripting, .keys = eval_keys,
   .route = way::script, .run = cmd_eval, .group = command_group::scripting, .since = "2.6.0",
   .complexity = "Depends on the script that is executed.",
   .summary = "Runs a Lua script.",
   .syntax = "script:string numkeys:integer [key...] [arg:string...]"},
  {.name = "evalsha", .arity = -3, .flags = eval_flags, .acl = acl_scripting,
   .keys = evalsha_keys, .route = way::script, .run = cmd_evalsha,
   .group = command_group::scripting, .since = "2.6.0",
   .complexity = "Depends on the script that is executed.",
   .summary = "Runs the Lua script that has this SHA-1.",
   .syntax = "sha1:string numkeys:integer [key...] [arg:string...]"},
  {.name = "evalsha_ro", .arity = -3, .flags = eval_ro_flags, .acl = acl_scripting,
   .keys = evalsha_ro_keys, .route = way::script, .run = cmd_evalsha_ro,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "Depends on the script that is executed.",
   .summary = "Runs the Lua script that has this SHA-1 and only reads.",
   .syntax = "sha1:string numkeys:integer [key...] [arg:string...]"},
  {.name = "eval_ro", .arity = -3, .flags = eval_ro_flags, .acl = acl_scripting,
   .keys = eval_ro_keys, .route = way::script, .run = cmd_eval_ro,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "Depends on the script that is executed.",
   .summary = "Runs a Lua script that only reads.",
   .syntax = "script:string numkeys:integer [key...] [arg:string...]"},
  {.name = "script|exists", .arity = -3, .flags = noscript, .acl = acl_scripting,
   .route = way::script, .run = cmd_script_exists, .group = command_group::scripting,
   .since = "2.6.0",
   .complexity =
     "O(N) with N being the number of scripts to check (so checking a single script is an O(1) "
     "operation).",
   .summary = "Tells which scripts can be run by their SHA-1.", .syntax = "sha1:string...",
   .tips = "request_policy:all_shards response_policy:agg_logical_and"},
  {.name = "script|flush", .arity = -2, .flags = noscript, .acl = acl_scripting,
   .route = way::script, .run = cmd_script_flush, .group = command_group::scripting,
   .since = "2.6.0", .complexity = "O(N) with N being the number of scripts in cache",
   .summary = "Forgets all scripts.",
   .syntax = "[flush-type(ASYNC@6.2.0|SYNC@6.2.0)]",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "script|load", .arity = 3, .flags = noscript | stale, .acl = acl_scripting,
   .route = way::script, .run = cmd_script_load, .group = command_group::scripting,
   .since = "2.6.0",
   .complexity = "O(N) with N being the length in bytes of the script body.",
   .summary = "Keeps a script, to be run by its SHA-1.", .syntax = "script:string",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "script|show", .arity = 3, .flags = noscript, .acl = acl_scripting,
   .route = way::script, .run = cmd_script_show, .group = command_group::scripting,
   .since = "8.0.0", .complexity = "O(1)",
   .summary = "Replies with a script as it was loaded.", .syntax = "sha1:string"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> script_rows() noexcept {
  return script_table;
}

} // namespace thespis::commands
