/// Whole databases: their size, emptying and exchanging them. Each handler does its work on the
/// shards that it is given; a server with several partitions runs it in each of them at one point
/// of the total order.
///
/// What these commands change is not a key, so they tell an effect of no event class and without a
/// key: nobody's keyspace event, but a reason to replay the request.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::shard;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

void tell(command_context& ctx, shard& part, keyspace::event_class cls, std::string_view event,
          std::uint64_t changes) {
  part.changes.did(cls, event, ctx.client.database, {}, changes);
  part.changes.touch_all();
}

/// What a database has changes by what others have: of keys that are in any of `databases`.
void break_watches(shard& part, int index, std::initializer_list<keyspace::database*> databases) {
  part.changes.watched().break_all(index, [&](std::string_view key) {
    return std::any_of(databases.begin(), databases.end(),
                       [&](auto* db) { return static_cast<bool>(db->find(key)); });
  });
}

/// Returns how many keys there were.
std::uint64_t empty(shard& part, int index) {
  auto& db = part.databases[static_cast<std::size_t>(index)];
  const auto keys = db.size();
  break_watches(part, index, {&db});
  db.clear();
  part.changes.waiting().note_all(index);
  return keys;
}

/// Whether the words behind FLUSHDB and FLUSHALL are right; an error has been replied if not.
bool check_flush_mode(command_context& ctx, arguments args) {
  if (args.size() == 1)
    return true;
  if (args.size() == 2 && (equals_nocase(args[1], "sync") || equals_nocase(args[1], "async")))
    return true;
  ctx.reply.error(errors::syntax);
  return false;
}

/// Empty: no number that an int holds.
std::optional<std::int64_t> small_integer(std::string_view text) {
  const auto value = base::parse_int64(text);
  if (!value || *value < std::numeric_limits<int>::min()
      || *value > std::numeric_limits<int>::max())
    return std::nullopt;
  return value;
}

} // namespace

/// DBSIZE -> number of keys, those included that have expired and are not deleted yet. Cost: O(1).
void cmd_dbsize(command_context& ctx, arguments) {
  std::size_t size = 0;
  for (const auto* part : ctx.shards.all())
    size += part->databases[static_cast<std::size_t>(ctx.client.database)].size();
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

/// FLUSHDB [SYNC | ASYNC] -> OK. Errors: syntax. Cost: O(1): what was there is freed in the
/// background, whichever word is given.
void cmd_flushdb(command_context& ctx, arguments args) {
  if (!check_flush_mode(ctx, args))
    return;
  for (auto* part : ctx.shards.all()) {
    const auto gone = empty(*part, ctx.client.database);
    tell(ctx, *part, keyspace::event_class::flush, "flushdb", gone);
  }
  ctx.reply.ok();
}

/// FLUSHALL [SYNC | ASYNC] -> OK. Errors: syntax. Cost: O(1): what was there is freed in the
/// background, whichever word is given.
void cmd_flushall(command_context& ctx, arguments args) {
  if (!check_flush_mode(ctx, args))
    return;
  for (auto* part : ctx.shards.all()) {
    std::uint64_t gone = 0;
    for (std::size_t i = 0; i < part->databases.size(); ++i)
      gone += empty(*part, static_cast<int>(i));
    tell(ctx, *part, keyspace::event_class::flush, "flushall", gone);
  }
  ctx.reply.ok();
}

/// SWAPDB index1 index2 -> OK. Errors: indexes. Cost: O(1).
void cmd_swapdb(command_context& ctx, arguments args) {
  const auto first = small_integer(args[1]);
  if (!first)
    return ctx.reply.error(errors::invalid_first_db);
  const auto second = small_integer(args[2]);
  if (!second)
    return ctx.reply.error(errors::invalid_second_db);
  const auto exists = [&](std::int64_t index) {
    return index >= 0 && index < ctx.client.database_count;
  };
  if (!exists(*first) || !exists(*second))
    return ctx.reply.error(errors::invalid_db_index);
  std::uint64_t changes = ctx.share.leads ? 1 : 0;
  for (auto* part : ctx.shards.all()) {
    auto& databases = part->databases;
    if (*first != *second) {
      auto& one = databases[static_cast<std::size_t>(*first)];
      auto& other = databases[static_cast<std::size_t>(*second)];
      break_watches(*part, static_cast<int>(*first), {&one, &other});
      break_watches(*part, static_cast<int>(*second), {&one, &other});
      one.swap(other);
    }
    part->changes.waiting().note_all(static_cast<int>(*first));
    part->changes.waiting().note_all(static_cast<int>(*second));
    tell(ctx, *part, keyspace::event_class{}, "swapdb", std::exchange(changes, 0));
  }
  ctx.reply.ok();
}

} // namespace thespis::commands
