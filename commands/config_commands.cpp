/// CONFIG: the settings in force. What a setting does when it changes is not here: whoever depends
/// on it has told base::options, and what the administrator itself depends on is carried over by
/// server_state::apply_settings.

#include "base/options.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "commands/subcommand_help.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::string_view config_help[] = {
  "GET <pattern> [<pattern> ...]",
  "    Reply with the settings whose names match one of the glob-style patterns.",
  "SET <directive> <value> [<directive> <value> ...]",
  "    Change settings, all of them or none.",
  "RESETSTAT",
  "    Set the statistics of INFO back to zero.",
  "REWRITE",
  "    Write the settings into the configuration file.",
};

} // namespace

/// CONFIG GET pattern [pattern …] -> map of names and values. Cost: O(patterns * options).
void cmd_config_get(command_context& ctx, arguments args) {
  const auto found = ctx.server->options.list(args.subspan(2));
  ctx.reply.map(found.size());
  for (const auto& [name, value] : found) {
    ctx.reply.bulk(name);
    ctx.reply.bulk(value);
  }
}

/// CONFIG SET name value [name value …] -> OK. All of the settings or none.
/// Errors: names, values, what cannot be changed now. Cost: O(settings).
void cmd_config_set(command_context& ctx, arguments args) {
  if (args.size() % 2 != 0)
    return ctx.reply.error(errors::syntax);
  auto& server = *ctx.server;
  std::vector<base::options::setting> settings;
  for (std::size_t i = 2; i < args.size(); i += 2)
    settings.push_back({args[i], args[i + 1]});
  const base::options::change_origin origin{.from_this_machine = ctx.client.local,
                                            .while_loading = server.gates.is_up(gate_loading)};
  if (const auto applied = server.options.apply(settings, origin); !applied)
    return ctx.reply.error(applied.why());
  server.apply_settings();
  ctx.reply.ok();
}

/// CONFIG RESETSTAT -> OK. Cost: O(commands).
void cmd_config_resetstat(command_context& ctx, arguments) {
  ctx.server->reset_statistics();
  ctx.reply.ok();
}

/// CONFIG REWRITE -> OK. Errors: no configuration file, writing it. Cost: O(settings).
void cmd_config_rewrite(command_context& ctx, arguments) {
  const auto& server = *ctx.server;
  if (server.facts.config_file.empty() || !server.hooks.rewrite_config)
    return ctx.reply.error(errors::no_config_file);
  const auto written = server.hooks.rewrite_config();
  if (!written) {
    server.log(base::log_level::warning, "CONFIG REWRITE failed: " + written.why());
    return ctx.reply.error("ERR Rewriting config file: " + written.why());
  }
  server.log(base::log_level::notice, "CONFIG REWRITE executed with success.");
  ctx.reply.ok();
}

/// CONFIG HELP -> array of lines. Cost: O(1).
void cmd_config_help(command_context& ctx, arguments) {
  reply_help(ctx.reply, "CONFIG", config_help);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec config_table[] = {
  {.name = "config", .arity = -2, .route = way::administrator, .group = command_group::server,
   .since = "2.0.0", .complexity = "Depends on subcommand.",
   .summary = "A container for commands about the settings of the server."},
  {.name = "config|get", .arity = -3, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_config_get, .group = command_group::server,
   .since = "2.0.0", .complexity = "O(N) when N is the number of configuration parameters provided",
   .summary = "Replies with the settings whose names match the patterns.",
   .syntax = "parameter..."},
  {.name = "config|help", .arity = 2, .flags = loading | stale, .route = way::session,
   .run = cmd_config_help, .group = command_group::server, .since = "5.0.0", .complexity = "O(1)",
   .summary = "Lists the subcommands of CONFIG."},
  {.name = "config|resetstat", .arity = 2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_config_resetstat, .group = command_group::server,
   .since = "2.0.0", .complexity = "O(1)",
   .summary = "Sets the statistics that INFO shows back to zero.",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "config|rewrite", .arity = 2, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_config_rewrite, .group = command_group::server,
   .since = "2.8.0", .complexity = "O(1)",
   .summary = "Writes the settings in force into the configuration file.",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
  {.name = "config|set", .arity = -4, .flags = admin | noscript | loading | stale,
   .route = way::administrator, .run = cmd_config_set, .group = command_group::server,
   .since = "2.0.0", .complexity = "O(N) when N is the number of configuration parameters provided",
   .summary = "Changes settings of the running server, all of them or none.",
   .syntax = "data{parameter value}...",
   .tips = "request_policy:all_nodes response_policy:all_succeeded"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> config_rows() noexcept {
  return config_table;
}

} // namespace thespis::commands
