/// The commands that give a value another name or place: RENAME, RENAMENX, COPY, MOVE. Source and
/// destination may lie in different shards. Values are handed over whole, never serialised; the
/// time of expiry goes along.
///
/// A look-up may delete an expired key, which makes older slots of that database void. So the
/// destination is looked up first: if the look-up of the source deletes something, the source is
/// gone and the destination is not needed.

#include "base/ascii.hpp"
#include "base/seeded_fault.hpp"
#include "commands/database_index.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <optional>
#include <string_view>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

enum class rename_outcome { renamed, taken, missing };

rename_outcome rename(command_context& ctx, std::string_view from, std::string_view to,
                      bool only_if_free) {
  const bool taken{ctx.peek(to)};
  auto source = ctx.find_to_write(from);
  if (!source)
    return rename_outcome::missing;
  if (from == to)
    return only_if_free ? rename_outcome::taken : rename_outcome::renamed;
  if (taken && only_if_free)
    return rename_outcome::taken;
  auto& there = ctx.db(to);
  auto destination = there.find(to);
  if (base::seeded("rename_keeps_source", 10))
    return there.attach(destination, database::copy(*source, to)), rename_outcome::renamed;
  there.take_over(destination, ctx.db(from), source);
  ctx.also(event_class::new_key, "new", to);
  ctx.did(event_class::generic, "rename_from", from);
  ctx.also(event_class::generic, "rename_to", to);
  return rename_outcome::renamed;
}

struct copy_options {
  int database;
  bool replace = false;
};

/// Empty: an error has been replied.
std::optional<copy_options> read_copy_options(command_context& ctx, arguments args) {
  copy_options out{ctx.client.database};
  for (std::size_t i = 3; i < args.size(); ++i) {
    if (equals_nocase(args[i], "replace")) {
      out.replace = true;
    } else if (equals_nocase(args[i], "db") && i + 1 < args.size()) {
      const auto index = read_database_index(ctx, args[++i]);
      if (!index)
        return std::nullopt;
      out.database = *index;
    } else {
      ctx.reply.error(errors::syntax);
      return std::nullopt;
    }
  }
  return out;
}

} // namespace

/// RENAME key newkey -> OK. Errors: no such key. Cost: O(1).
void cmd_rename(command_context& ctx, arguments args) {
  if (rename(ctx, args[1], args[2], false) == rename_outcome::missing)
    return ctx.reply.error(errors::no_such_key);
  ctx.reply.ok();
}

/// RENAMENX key newkey -> 1 | 0 (newkey exists). Errors: no such key. Cost: O(1).
void cmd_renamenx(command_context& ctx, arguments args) {
  const auto outcome = rename(ctx, args[1], args[2], true);
  if (outcome == rename_outcome::missing)
    return ctx.reply.error(errors::no_such_key);
  ctx.reply.integer(outcome == rename_outcome::renamed ? 1 : 0);
}

/// COPY source destination [DB index] [REPLACE] -> 1 | 0 (no source, or the destination exists)
/// Errors: syntax, database index, source and destination the same. Cost: O(size of the value).
void cmd_copy(command_context& ctx, arguments args) {
  const auto options = read_copy_options(ctx, args);
  if (!options)
    return;
  const auto from = args[1];
  const auto to = args[2];
  if (options->database == ctx.client.database && from == to)
    return ctx.reply.error(errors::same_object);
  auto destination = ctx.peek(to, options->database);
  const auto source = ctx.find_to_read(from);
  if (!source || (destination && !options->replace))
    return ctx.reply.integer(0);
  if (ctx.moves_for(source->effort()))
    return;
  ctx.db(to, options->database).attach(destination, database::copy(*source, to));
  ctx.also(event_class::new_key, "new", to, options->database);
  ctx.did(event_class::generic, "copy_to", to, options->database);
  ctx.reply.integer(1);
}

/// MOVE key db -> 1 | 0 (no such key, or the other database has one). Errors: database index, the
/// same database. Cost: O(1).
void cmd_move(command_context& ctx, arguments args) {
  const auto key = args[1];
  const auto target = read_database_index(ctx, args[2]);
  if (!target)
    return;
  if (*target == ctx.client.database)
    return ctx.reply.error(errors::same_object);
  auto source = ctx.find_to_write(key);
  if (!source)
    return ctx.reply.integer(0);
  auto destination = ctx.peek(key, *target);
  if (destination)
    return ctx.reply.integer(0);
  ctx.db(key, *target).take_over(destination, ctx.db(key), source);
  ctx.also(event_class::new_key, "new", key, *target);
  ctx.did(event_class::generic, "move_from", key);
  ctx.also(event_class::generic, "move_to", key, *target);
  ctx.reply.integer(1);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec copy_keys[] = {
  {.flags = key_ro | key_access, .position = 1},
  {.flags = key_ow | key_update, .position = 2},
};
constexpr key_spec rename_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1},
  {.flags = key_ow | key_update, .position = 2},
};
constexpr key_spec renamenx_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1},
  {.flags = key_ow | key_insert, .position = 2},
};

constexpr command_spec rename_table[] = {
  {.name = "copy", .arity = -3, .flags = write | denyoom, .acl = acl_keyspace, .keys = copy_keys,
   .route = way::borrow, .run = cmd_copy, .group = command_group::generic, .since = "6.2.0",
   .complexity =
     "O(N) worst case for collections, where N is the number of nested items. O(1) for string "
     "values.",
   .summary = "Copies the value of a key to another key, with its time to live.",
   .syntax = "source#0 destination#1 [DB destination-db:integer] [REPLACE]"},
  {.name = "move", .arity = 3, .flags = write | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_move,
   .group = command_group::generic, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Moves a key to another database.", .syntax = "key db:integer"},
  {.name = "rename", .arity = 3, .flags = write, .acl = acl_keyspace, .keys = rename_keys,
   .route = way::borrow, .run = cmd_rename, .group = command_group::generic, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Gives a key another name, replacing what was there.",
   .syntax = "key newkey#1"},
  {.name = "renamenx", .arity = 3, .flags = write | fast, .acl = acl_keyspace,
   .keys = renamenx_keys, .route = way::borrow, .run = cmd_renamenx,
   .group = command_group::generic, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Gives a key another name, but only if that name is free.", .syntax = "key newkey#1"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> rename_rows() noexcept {
  return rename_table;
}

} // namespace thespis::commands
