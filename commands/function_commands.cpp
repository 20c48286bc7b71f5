/// FUNCTION LOAD and its like: they change and show the libraries of functions, which are the same
/// for all partitions. So all partitions are borrowed. Source: Redis, "Redis functions".

#include "base/ascii.hpp"
#include "base/glob.hpp"
#include "commands/function_payload.hpp"
#include "commands/library_loading.hpp"
#include "commands/library_source.hpp"
#include "commands/rows.hpp"
#include "commands/script_performance.hpp"
#include "commands/script_stage.hpp"
#include "commands/shebang.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/script_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
using joining = function_library::joining;
namespace errors = protocol::errors;

namespace {

void reply_fault(command_context& ctx, std::string_view why) {
  ctx.reply.error(fmt::format("ERR {}", why));
}

/// Libraries that the engine has loaded, and that it forgets unless they are kept.
class loaded_entries {
public:
  explicit loaded_entries(script_stage& stage) noexcept : stage_(stage) {
  }
  loaded_entries(const loaded_entries&) = delete;
  loaded_entries& operator=(const loaded_entries&) = delete;
  ~loaded_entries() {
    for (const auto& one : all_)
      stage_.engine.unload(one->id);
    stage_.status.note_engine_bytes(stage_.engine.memory());
  }

  /// Returns nullopt, or what is wrong.
  std::optional<std::string> load(std::string_view name, std::string_view source) {
    all_.reserve(all_.size() + 1);
    auto made = load_library(stage_, name, source);
    if (!made)
      return made.why();
    all_.push_back(*std::move(made));
    return std::nullopt;
  }
  /// They become libraries of the table. Returns nullopt, or what is wrong.
  std::optional<std::string> join(joining how) {
    if (auto error = stage_.functions.join(all_, how))
      return error;
    all_.clear();
    return std::nullopt;
  }
  bool has(std::string_view name) const noexcept {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& one) { return one->name == name; });
  }

private:
  script_stage& stage_;
  std::vector<function_library::entry> all_;
};

std::string already_there(std::string_view library) {
  return fmt::format("Library '{}' already exists", library);
}

/// Flags by their names, in the order in which Redis prints them.
void reply_flags(protocol::reply_writer& reply, std::uint32_t flags) {
  const auto names = script_flag_names();
  const auto is_set = [flags](const named_script_flag& one) { return (flags & one.flag) != 0; };
  reply.set(static_cast<std::size_t>(std::count_if(names.begin(), names.end(), is_set)));
  for (const auto& one : names)
    if (is_set(one))
      reply.simple(one.name);
}

void reply_library(protocol::reply_writer& reply, const scripting::library& one, bool with_code) {
  reply.map(with_code ? 4 : 3);
  reply.bulk("library_name");
  reply.bulk(one.name);
  reply.bulk("engine");
  reply.bulk("LUA");
  reply.bulk("functions");
  reply.array(one.functions.size());
  for (const auto& function : one.functions) {
    reply.map(3);
    reply.bulk("name");
    reply.bulk(function.name);
    reply.bulk("description");
    reply.bulk_or_null(function.description);
    reply.bulk("flags");
    reply_flags(reply, function.flags);
  }
  if (with_code) {
    reply.bulk("library_code");
    reply.bulk(one.source);
  }
}

struct list_options {
  std::optional<std::string_view> pattern;
  bool with_code = false;
};

/// Nothing: an error has been replied.
std::optional<list_options> read_list_options(command_context& ctx, arguments args) {
  list_options out;
  for (std::size_t i = 2; i < args.size(); ++i) {
    if (!out.with_code && equals_nocase(args[i], "withcode")) {
      out.with_code = true;
    } else if (!out.pattern && equals_nocase(args[i], "libraryname")) {
      if (++i == args.size()) {
        ctx.reply.error(errors::no_library_pattern);
        return std::nullopt;
      }
      out.pattern = args[i];
    } else {
      reply_fault(ctx, fmt::format("Unknown argument {}", args[i]));
      return std::nullopt;
    }
  }
  return out;
}

/// What RESTORE does with libraries that are there; nothing: there is no such policy.
std::optional<joining> read_policy(arguments args) noexcept {
  if (args.size() == 3 || equals_nocase(args[3], "append"))
    return joining::append;
  if (equals_nocase(args[3], "replace"))
    return joining::replace;
  return equals_nocase(args[3], "flush") ? std::optional{joining::flush} : std::nullopt;
}

std::optional<std::string> load_all(loaded_entries& loaded,
                                    const std::vector<std::string>& sources) {
  for (const auto& source : sources) {
    const auto name = read_library_name(source);
    if (!name)
      return name.why();
    if (loaded.has(*name))
      return already_there(*name);
    if (auto error = loaded.load(*name, source))
      return error;
  }
  return std::nullopt;
}

/// Libraries belong to no partition: the first one tells.
void note_change(command_context& ctx) {
  follow_libraries(*ctx.scripts);
  ctx.shards.all().front()->changes.did_quietly(ctx.client.database);
}

} // namespace

/// FUNCTION LOAD [REPLACE] code -> the library's name. Errors: of its first line, of compiling, of
/// its body, names that are taken. Cost: O(length), its body, O(functions).
void cmd_function_load(command_context& ctx, arguments args) {
  std::size_t at = 2;
  auto how = joining::append;
  for (; at + 1 < args.size(); ++at) {
    if (!equals_nocase(args[at], "replace"))
      return reply_fault(ctx, fmt::format("Unknown option given: {}", args[at]));
    how = joining::replace;
  }
  if (!is_engine_free(ctx))
    return;
  const auto name = read_library_name(args[at]);
  if (!name)
    return reply_fault(ctx, name.why());
  if (how == joining::append && ctx.scripts->functions.has_library(*name))
    return reply_fault(ctx, already_there(*name));
  loaded_entries loaded{*ctx.scripts};
  if (const auto error = loaded.load(*name, args[at]))
    return reply_fault(ctx, *error);
  if (const auto error = loaded.join(how))
    return reply_fault(ctx, *error);
  note_change(ctx);
  ctx.reply.bulk(*name);
}

/// FUNCTION DELETE library -> OK. Errors: no such library. Cost: O(functions).
void cmd_function_delete(command_context& ctx, arguments args) {
  if (!is_engine_free(ctx))
    return;
  if (!ctx.scripts->functions.remove(args[2]))
    return ctx.reply.error(errors::no_library);
  note_change(ctx);
  ctx.reply.ok();
}

/// FUNCTION FLUSH [ASYNC|SYNC] -> OK. Each engine forgets its functions when it next runs one, so
/// there is nothing to do in the background. Cost: O(functions).
void cmd_function_flush(command_context& ctx, arguments args) {
  if (args.size() > 3)
    return ctx.reply.error(errors::wrong_subcommand(args[1], "FUNCTION"));
  if (args.size() == 3 && !equals_nocase(args[2], "sync") && !equals_nocase(args[2], "async"))
    return ctx.reply.error(errors::function_flush_mode);
  if (!is_engine_free(ctx))
    return;
  ctx.scripts->functions.clear();
  note_change(ctx);
  ctx.reply.ok();
}

/// FUNCTION LIST [LIBRARYNAME pattern] [WITHCODE] -> array of maps, by name. Cost: O(functions).
void cmd_function_list(command_context& ctx, arguments args) {
  const auto options = read_list_options(ctx, args);
  if (!options)
    return;
  const auto where = ctx.reply.begin_array();
  std::size_t count = 0;
  for (const auto& [name, one] : ctx.scripts->functions.libraries()) {
    if (options->pattern && !base::glob_match(*options->pattern, name, true))
      continue;
    reply_library(ctx.reply, *one, options->with_code);
    ++count;
  }
  ctx.reply.end_array(where, count);
}

/// FUNCTION DUMP -> all libraries as a payload for RESTORE. Cost: O(length of all).
void cmd_function_dump(command_context& ctx, arguments) {
  ctx.reply.bulk(function_payload(ctx.scripts->functions));
}

/// FUNCTION RESTORE payload [FLUSH|APPEND|REPLACE] -> OK, or nothing has changed. Errors: of the
/// payload, and those of LOAD. Cost: as LOAD of each library.
void cmd_function_restore(command_context& ctx, arguments args) {
  if (args.size() > 4)
    return ctx.reply.error(errors::wrong_subcommand(args[1], "FUNCTION"));
  const auto how = read_policy(args);
  if (!how)
    return ctx.reply.error(errors::function_restore_policy);
  if (!is_engine_free(ctx))
    return;
  const bool verify = !ctx.shards.settings().skip_checksums.load(std::memory_order_relaxed);
  const auto sources = read_function_payload(args[2], verify);
  if (!sources)
    return reply_fault(ctx, sources.why());
  loaded_entries loaded{*ctx.scripts};
  if (const auto error = load_all(loaded, *sources))
    return reply_fault(ctx, *error);
  if (const auto error = loaded.join(*how))
    return reply_fault(ctx, *error);
  note_change(ctx);
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

constexpr std::string_view to_all = "request_policy:all_shards response_policy:all_succeeded";

// clang-format off
constexpr command_spec function_table[] = {
  {.name = "function|delete", .arity = 3, .flags = noscript | write, .acl = acl_scripting,
   .route = way::borrow_all, .run = cmd_function_delete, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(1)", .summary = "Deletes a library and its functions.",
   .syntax = "library-name:string", .tips = to_all},
  {.name = "function|dump", .arity = 2, .flags = noscript, .acl = acl_scripting,
   .route = way::borrow_all, .run = cmd_function_dump, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(N) where N is the number of functions",
   .summary = "Replies with all libraries as FUNCTION RESTORE takes them."},
  {.name = "function|flush", .arity = -2, .flags = noscript | write, .acl = acl_scripting,
   .route = way::borrow_all, .run = cmd_function_flush, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(N) where N is the number of functions deleted",
   .summary = "Deletes all libraries and their functions.",
   .syntax = "[flush-type(ASYNC|SYNC)]", .tips = to_all},
  {.name = "function|list", .arity = -2, .flags = noscript, .acl = acl_scripting,
   .route = way::borrow_all, .run = cmd_function_list, .group = command_group::scripting,
   .since = "7.0.0", .complexity = "O(N) where N is the number of functions",
   .summary = "Shows the libraries and their functions.",
   .syntax = "[LIBRARYNAME library-name-pattern:string] [WITHCODE]",
   .tips = "nondeterministic_output_order"},
  {.name = "function|load", .arity = -3, .flags = noscript | write | denyoom,
   .acl = acl_scripting, .route = way::borrow_all, .run = cmd_function_load,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "O(1) (considering compilation time is redundant)",
   .summary = "Adds a library of functions.", .syntax = "[REPLACE] function-code:string",
   .tips = to_all},
  {.name = "function|restore", .arity = -3, .flags = noscript | write | denyoom,
   .acl = acl_scripting, .route = way::borrow_all, .run = cmd_function_restore,
   .group = command_group::scripting, .since = "7.0.0",
   .complexity = "O(N) where N is the number of functions on the payload",
   .summary = "Adds the libraries that FUNCTION DUMP replied with.",
   .syntax = "serialized-value:string [policy(FLUSH|APPEND|REPLACE)]", .tips = to_all},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> function_rows() noexcept {
  return function_table;
}

} // namespace thespis::commands
