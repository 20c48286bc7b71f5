/// The commands that go through the key space: all of it (KEYS), piece by piece (SCAN), or to one
/// place by chance (RANDOMKEY). None of them shows a key that has expired.
///
/// SCAN sees one shard. Its cursor is the dictionary's own; whoever routes the request puts the
/// partition into the cursor that clients see.

#include "base/ascii.hpp"
#include "base/glob.hpp"
#include "base/number.hpp"
#include "commands/rows.hpp"
#include "commands/scan_options.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::entry;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// A TYPE that does not exist matches nothing.
bool want(const scan_options& options, const entry& found) {
  return (!options.type || equals_nocase(keyspace::type_name(found.type()), *options.type))
         && options.want(found.key());
}

std::size_t size_of(const keyspace::shard& part, int database) {
  return part.databases[static_cast<std::size_t>(database)].size();
}

/// The database of a shard that is picked with a chance proportional to its keys.
keyspace::database* pick_database(const std::vector<keyspace::shard*>& parts, int database) {
  std::uint64_t total = 0;
  for (const auto* part : parts)
    total += size_of(*part, database);
  if (total == 0)
    return nullptr;
  auto at = parts.front()->random.below(total);
  for (auto* part : parts) {
    const auto size = size_of(*part, database);
    if (at < size)
      return &part->databases[static_cast<std::size_t>(database)];
    at -= size;
  }
  return nullptr;
}

/// Whether every key will expire, so that all of them may have done so already.
bool all_expire(const std::vector<keyspace::shard*>& parts, int database) {
  return std::all_of(parts.begin(), parts.end(), [database](const keyspace::shard* part) {
    const auto& keys = part->databases[static_cast<std::size_t>(database)];
    return keys.expires() == keys.size();
  });
}

} // namespace

/// KEYS pattern -> array of bulk strings, in no order. Cost: O(number of keys).
void cmd_keys(command_context& ctx, arguments args) {
  const auto pattern = args[1];
  const bool all = pattern == "*";
  const auto parts = ctx.shards.all();
  std::size_t size = 0;
  for (const auto* part : parts)
    size += size_of(*part, ctx.client.database);
  if (ctx.moves_for(size))
    return;
  std::size_t count = 0;
  const auto keys = ctx.reply.begin_array();
  for (auto* part : parts)
    part->databases[static_cast<std::size_t>(ctx.client.database)].for_each([&](entry& found) {
      if (found.expired_at(ctx.now.ms) || (!all && !base::glob_match(pattern, found.key())))
        return;
      ctx.reply.bulk(found.key());
      ++count;
    });
  ctx.reply.end_array(keys, count);
}

/// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type] -> [next cursor, array of bulk strings]
/// Errors: cursor, syntax, count. Cost: O(COUNT).
void cmd_scan(command_context& ctx, arguments args) {
  const auto cursor = protocol::parse_scan_cursor(args[1]);
  if (!cursor)
    return ctx.reply.error(errors::invalid_cursor);
  const auto options = read_scan_options(ctx, args, scan_of_keys);
  if (!options)
    return;
  auto& part = *ctx.shards.all().front();
  auto& db = part.databases[static_cast<std::size_t>(ctx.client.database)];
  std::vector<std::string_view> keys;
  std::vector<std::string> expired;
  const auto next = db.scan(*cursor, options->count, [&](entry& found) {
    if (found.expired_at(ctx.now.ms))
      expired.emplace_back(found.key());
    else if (want(*options, found))
      keys.push_back(found.key());
  });
  reply_scan_cursor(ctx.reply, next);
  ctx.reply.array(keys.size());
  for (const auto key : keys)
    ctx.reply.bulk(key);
  for (const auto& key : expired)
    ctx.peek(key);
}

/// RANDOMKEY -> bulk string | null. Where expired keys have to stay (CLIENT PAUSE) it may be one of
/// those. Cost: O(1), plus the expired keys that it meets and deletes.
void cmd_randomkey(command_context& ctx, arguments) {
  constexpr int tries_max = 100;
  const auto parts = ctx.shards.all();
  auto tries = 0;
  while (auto* db = pick_database(parts, ctx.client.database)) {
    const auto* found = db->random(parts.front()->random.next());
    if (found == nullptr)
      break;
    if (!found->expired_at(ctx.now.ms))
      return ctx.reply.bulk(found->key());
    const std::string key{found->key()};
    const auto size = db->size();
    ctx.peek(key);
    // Nothing else would end this if all keys have expired and none may be deleted.
    if (db->size() == size && ++tries >= tries_max && all_expire(parts, ctx.client.database))
      return ctx.reply.bulk(key);
  }
  ctx.reply.null();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec scan_table[] = {
  {.name = "keys", .arity = 2, .flags = readonly, .acl = acl_keyspace | acl_dangerous,
   .route = way::everywhere, .replies = merge::concatenate, .run = cmd_keys,
   .group = command_group::generic, .since = "1.0.0",
   .complexity =
     "O(N) with N being the number of keys in the database, under the assumption that the key "
     "names in the database and the given pattern have limited length.",
   .summary = "Replies with all keys whose names match a pattern.", .syntax = "pattern:pattern",
   .tips = "request_policy:all_shards nondeterministic_output_order"},
  {.name = "randomkey", .arity = 1, .flags = readonly | touches_arbitrary_keys, .acl = acl_keyspace,
   .route = way::borrow_all, .run = cmd_randomkey, .group = command_group::generic,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the name of a key picked at random.",
   .tips = "request_policy:all_shards response_policy:special nondeterministic_output"},
  {.name = "scan", .arity = -2, .flags = readonly | touches_arbitrary_keys, .acl = acl_keyspace,
   .route = way::by_cursor, .run = cmd_scan, .group = command_group::generic, .since = "2.8.0",
   .complexity =
     "O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
     "cursor to return back to 0. N is the number of elements inside the collection.",
   .summary = "Walks through the names of all keys, a few with each call.",
   .syntax = "cursor:integer [MATCH pattern:pattern] [COUNT count:integer] [TYPE type@6.0.0]",
   .tips = "nondeterministic_output request_policy:special response_policy:special"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> scan_rows() noexcept {
  return scan_table;
}

} // namespace thespis::commands
