/// The COMMAND family: the command table in the words of the protocol. Clients read it when they
/// connect (redis-cli for its hints, cluster clients to find keys), so names, order and shapes are
/// Redis 7.2's. Rows that only route (`hidden`) never show.
///
/// All of it is read from the table, which never changes; the connection runs it by itself.

#include "base/ascii.hpp"
#include "base/glob.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/acl_categories.hpp"
#include "protocol/command_description.hpp"
#include "protocol/errors.hpp"
#include "protocol/key_finder.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::commands {

namespace {

using keyspace::command_context;
using protocol::arguments;
using protocol::command_spec;
using protocol::command_table;

const command_spec& row_at(const command_table& table, std::uint16_t index) {
  return table.rows()[index];
}

void reply_info_of_all(command_context& ctx) {
  const command_table& table = all_commands();
  ctx.reply.array(table.commands().size());
  for (const std::uint16_t row : table.commands())
    write_command_info(table, row_at(table, row), ctx.reply);
}

void reply_docs_of(const command_table& table, const command_spec& spec, command_context& ctx) {
  ctx.reply.bulk(spec.name);
  write_command_docs(table, spec, ctx.reply);
}

// -- COMMAND LIST ------------------------------------------------------------------------------

struct list_filter {
  enum class by : std::uint8_t { nothing, module, category, pattern };

  by kind = by::nothing;
  std::string_view pattern{};
  std::uint32_t category = 0;

  bool lets_through(const command_spec& spec) const {
    switch (kind) {
      case by::nothing:
        return true;
      case by::module:
        // No command of ours comes from a module.
        return false;
      case by::category:
        return (protocol::acl_categories(spec) & category) != 0;
      case by::pattern:
        return base::glob_match(pattern, spec.name, true);
    }
    return false;
  }
};

/// What stands behind COMMAND LIST; nothing if that is a syntax error.
std::optional<list_filter> parse_list_filter(arguments args) {
  using by = list_filter::by;
  if (args.size() == 2)
    return list_filter{};
  if (args.size() != 5 || !base::equals_nocase(args[2], "filterby"))
    return std::nullopt;
  if (base::equals_nocase(args[3], "module"))
    return list_filter{by::module, args[4]};
  if (base::equals_nocase(args[3], "aclcat"))
    return list_filter{by::category, args[4], protocol::find_acl_category(args[4])};
  if (base::equals_nocase(args[3], "pattern"))
    return list_filter{by::pattern, args[4]};
  return std::nullopt;
}

std::size_t list_names(std::span<const std::uint16_t> rows, const list_filter& filter,
                       command_context& ctx) {
  const command_table& table = all_commands();
  std::size_t count = 0;
  for (const std::uint16_t row : rows) {
    const command_spec& spec = row_at(table, row);
    if (filter.lets_through(spec)) {
      ctx.reply.bulk(spec.name);
      ++count;
    }
    count += list_names(table.subcommands(spec), filter, ctx);
  }
  return count;
}

// -- COMMAND GETKEYS ---------------------------------------------------------------------------

/// The keys of the request behind COMMAND GETKEYS, or nothing after an error reply.
std::optional<protocol::found_keys> keys_of(arguments request, command_context& ctx) {
  namespace errors = protocol::errors;
  using protocol::resolution;
  const auto [spec, outcome] = all_commands().resolve(request);
  protocol::found_keys keys;
  if (outcome == resolution::unknown_command || outcome == resolution::unknown_subcommand)
    ctx.reply.error(errors::invalid_command);
  else if ((spec->flags & protocol::hidden) != 0 || !protocol::may_have_keys(*spec))
    ctx.reply.error(errors::no_key_arguments);
  else if (outcome == resolution::wrong_arity)
    ctx.reply.error(errors::invalid_command_arity);
  else if (protocol::find_keys_and_flags(*spec, request, keys)
           || (spec->flags & protocol::no_mandatory_keys) != 0)
    return keys;
  else
    ctx.reply.error(errors::invalid_command_arguments);
  return std::nullopt;
}

constexpr std::string_view command_help[] = {
  "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "(no subcommand)",
  "    Describe all commands of this server.",
  "COUNT",
  "    Tell how many commands this server has.",
  "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
  "    List the names of all commands, or of those that a filter lets through.",
  "INFO [<command-name> ...]",
  "    Describe the given commands, or all of them.",
  "DOCS [<command-name> ...]",
  "    Show the documentation of the given commands, or of all of them.",
  "GETKEYS <full-command>",
  "    Find the keys in a full command.",
  "GETKEYSANDFLAGS <full-command>",
  "    Find the keys in a full command, and what it does to each.",
  "HELP",
  "    Print this help."};

} // namespace

/// COMMAND -> array of command descriptions
/// Cost: O(commands).
void cmd_command(command_context& ctx, arguments) {
  reply_info_of_all(ctx);
}

/// COMMAND COUNT -> integer; subcommands are not counted.
void cmd_command_count(command_context& ctx, arguments) {
  ctx.reply.integer(static_cast<std::int64_t>(all_commands().commands().size()));
}

/// COMMAND INFO [name ...] -> array of command descriptions, null for a name that there is not
void cmd_command_info(command_context& ctx, arguments args) {
  if (args.size() == 2)
    return reply_info_of_all(ctx);
  const command_table& table = all_commands();
  ctx.reply.array(args.size() - 2);
  for (const std::string_view name : args.subspan(2)) {
    if (const command_spec* const spec = table.find_full_name(name))
      write_command_info(table, *spec, ctx.reply);
    else
      ctx.reply.null();
  }
}

/// COMMAND DOCS [name ...] -> map of names to documentation; unknown names are left out.
void cmd_command_docs(command_context& ctx, arguments args) {
  const command_table& table = all_commands();
  if (args.size() == 2) {
    ctx.reply.map(table.commands().size());
    for (const std::uint16_t row : table.commands())
      reply_docs_of(table, row_at(table, row), ctx);
    return;
  }
  std::size_t count = 0;
  const auto mark = ctx.reply.begin_map(args.size() - 2);
  for (const std::string_view name : args.subspan(2)) {
    if (const command_spec* const spec = table.find_full_name(name)) {
      reply_docs_of(table, *spec, ctx);
      ++count;
    }
  }
  ctx.reply.end_map(mark, count);
}

/// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern] -> array of names, with
/// those of subcommands
/// Errors: syntax.
void cmd_command_list(command_context& ctx, arguments args) {
  const auto filter = parse_list_filter(args);
  if (!filter)
    return ctx.reply.error(protocol::errors::syntax);
  const auto mark = ctx.reply.begin_array(all_commands().rows().size());
  ctx.reply.end_array(mark, list_names(all_commands().commands(), *filter, ctx));
}

/// COMMAND GETKEYS command [arg ...] -> array of keys
/// Errors: no such command, one without keys, arguments in which no key can be found.
void cmd_command_getkeys(command_context& ctx, arguments args) {
  const arguments request = args.subspan(2);
  const auto keys = keys_of(request, ctx);
  if (!keys)
    return;
  ctx.reply.array(keys->size());
  for (const protocol::found_key& key : *keys)
    ctx.reply.bulk(request[key.index]);
}

/// COMMAND GETKEYSANDFLAGS command [arg ...] -> array of pairs: a key, a set of flags
/// Errors: those of COMMAND GETKEYS.
void cmd_command_getkeysandflags(command_context& ctx, arguments args) {
  const arguments request = args.subspan(2);
  const auto keys = keys_of(request, ctx);
  if (!keys)
    return;
  ctx.reply.array(keys->size());
  for (const protocol::found_key& key : *keys) {
    ctx.reply.array(2);
    ctx.reply.bulk(request[key.index]);
    protocol::write_key_flags(key.flags, ctx.reply);
  }
}

/// COMMAND HELP -> array of lines
void cmd_command_help(command_context& ctx, arguments) {
  ctx.reply.array(std::size(command_help));
  for (const std::string_view line : command_help)
    ctx.reply.simple(line);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec command_family[] = {
  {.name = "command", .arity = -1, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command, .group = command_group::server, .since = "2.8.13",
   .complexity = "O(N) where N is the total number of Redis commands",
   .summary = "Describes all commands of the server.", .tips = "nondeterministic_output_order"},
  {.name = "command|count", .arity = 2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_count, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(1)", .summary = "Counts the commands of the server."},
  {.name = "command|docs", .arity = -2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_docs, .group = command_group::server, .since = "7.0.0",
   .complexity = "O(N) where N is the number of commands to look up",
   .summary = "Replies with the documentation of commands.", .syntax = "[command-name...]",
   .tips = "nondeterministic_output_order"},
  {.name = "command|getkeys", .arity = -3, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_getkeys, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(N) where N is the number of arguments to the command",
   .summary = "Finds the keys among the arguments of a command.", .syntax = "command [arg...]"},
  {.name = "command|getkeysandflags", .arity = -3, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_getkeysandflags, .group = command_group::server,
   .since = "7.0.0", .complexity = "O(N) where N is the number of arguments to the command",
   .summary = "Finds the keys among the arguments of a command, and what happens to each.",
   .syntax = "command [arg...]"},
  {.name = "command|help", .arity = 2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_help, .group = command_group::server, .since = "5.0.0",
   .complexity = "O(1)", .summary = "Lists the subcommands of COMMAND."},
  {.name = "command|info", .arity = -2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_info, .group = command_group::server,
   .since = "2.8.13", .complexity = "O(N) where N is the number of commands to look up",
   .summary = "Describes some or all of the commands.", .syntax = "[command-name...]",
   .tips = "nondeterministic_output_order"},
  {.name = "command|list", .arity = -2, .flags = loading | stale, .acl = acl_connection,
   .route = way::session, .run = cmd_command_list, .group = command_group::server, .since = "7.0.0",
   .complexity = "O(N) where N is the total number of Redis commands",
   .summary = "Replies with the names of commands, all or filtered.",
   .syntax = "[FILTERBY filterby(MODULE module-name|ACLCAT category|PATTERN pattern:pattern)]",
   .tips = "nondeterministic_output_order"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> command_rows() noexcept {
  return command_family;
}

} // namespace thespis::commands
