/// The commands of single sets: members come, go, move and are asked for. What picks by chance is
/// in set_random_commands.cpp, what takes several sets together in set_algebra_commands.cpp.

#include "base/number.hpp"
#include "commands/rows.hpp"
#include "commands/scan_options.hpp"
#include "commands/set_value.hpp"
#include "protocol/scan_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using keyspace::object_ref;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// Adds args[2] and what follows. Returns how many were new.
std::size_t add_members(command_context& ctx, arguments args, opened<types::set>& value,
                        bool existed) {
  const auto limits = set_limits_at(ctx, args[1]);
  std::size_t added = 0;
  std::size_t next = 2;
  try {
    value->expect(args[2], args.size() - 2, limits);
    for (; next < args.size(); ++next)
      added += value->add(args[next], limits) ? 1 : 0;
  } catch (const std::bad_alloc&) {
    // Those that are in stay there, unless the whole set is to be dropped.
    if (existed && added != 0) {
      ctx.replay_as(args[1], args.first(next));
      value.close(event_class::set, "sadd", added);
    }
    throw;
  }
  return added;
}

/// Puts a member into the set at `key` or into a new one. Returns whether it is new there.
bool add_to(command_context& ctx, std::string_view key, database::slot& at,
            std::string_view member) {
  const auto limits = set_limits_at(ctx, key);
  if (at)
    return object_ref<types::set> {
      *at
      } -> add(member, limits);
  types::set fresh;
  fresh.add(member, limits);
  auto* const word = fresh.release();
  try {
    ctx.db(key).set_object(at, keyspace::value_type::set, word);
  } catch (...) {
    types::set::adopt(word);
    throw;
  }
  return true;
}

} // namespace

/// SADD key member [member …] -> how many are new. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_sadd(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (at && is_not<types::set>(ctx, at))
    return;
  const bool existed{at};
  opened<types::set> value{ctx, args[1], at};
  const auto added = add_members(ctx, args, value, existed);
  if (added != 0)
    value.close(event_class::set, "sadd", added);
  ctx.reply.integer(static_cast<std::int64_t>(added));
}

/// SREM key member [member …] -> how many there were. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_srem(command_context& ctx, arguments args) {
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::set>(ctx, at))
    return;
  std::size_t removed = 0;
  opened<types::set> value{ctx, args[1], at};
  for (const auto member : args.subspan(2))
    removed += value->remove(member) ? 1 : 0;
  if (removed != 0)
    value.close(event_class::set, "srem", removed);
  ctx.reply.integer(static_cast<std::int64_t>(removed));
}

/// SISMEMBER key member -> 1 | 0. Errors: WRONGTYPE. Cost: O(1).
void cmd_sismember(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::set>(ctx, at))
    return;
  ctx.reply.integer(object_ref<types::set> { *at } -> contains(args[2]) ? 1 : 0);
}

/// SMISMEMBER key member [member …] -> array of 1 | 0. Errors: WRONGTYPE. Cost: O(1) each.
void cmd_smismember(command_context& ctx, arguments args) {
  sets_to_read found;
  if (!found.find(ctx, args.subspan(1, 1)))
    return;
  ctx.reply.array(args.size() - 2);
  for (const auto member : args.subspan(2))
    ctx.reply.integer(found.all().front().contains(member) ? 1 : 0);
}

/// SCARD key -> number of members. Errors: WRONGTYPE. Cost: O(1).
void cmd_scard(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.integer(0);
  if (is_not<types::set>(ctx, at))
    return;
  ctx.reply.integer(static_cast<std::int64_t>(object_ref<types::set> { *at } -> size()));
}

/// SMEMBERS key -> set of bulk strings. Errors: WRONGTYPE. Cost: O(number of members).
void cmd_smembers(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.set(0);
  if (is_not<types::set>(ctx, at))
    return;
  object_ref<types::set> value{*at};
  if (ctx.moves_for(value->size()))
    return;
  ctx.reply.set(value->size());
  value->for_each([&](types::set_element member) { reply_element(ctx.reply, member); });
}

/// SMOVE source destination member -> 1 | 0 (it is not in the source). Errors: WRONGTYPE. Cost:
/// O(1).
void cmd_smove(command_context& ctx, arguments args) {
  const auto from = args[1];
  const auto to = args[2];
  const auto member = args[3];
  const bool has_source{ctx.find_to_write(from)};
  auto destination = ctx.find_to_write(to);
  if (!has_source)
    return ctx.reply.integer(0);
  // Looked up again: the other look-up may have deleted a key of the same database.
  auto source = ctx.db(from).find(from);
  const bool has_destination{destination};
  if (is_not<types::set>(ctx, source) || (has_destination && is_not<types::set>(ctx, destination)))
    return;
  if (!object_ref<types::set> { *source } -> contains(member))
    return ctx.reply.integer(0);
  if (from == to)
    return ctx.reply.integer(1);
  const auto added = add_to(ctx, to, destination, member);
  source = ctx.db(from).find(from);
  opened<types::set> value{ctx, from, source};
  value->remove(member);
  value.close(event_class::set, "srem");
  if (!has_destination)
    ctx.also(event_class::new_key, "new", to);
  if (added)
    ctx.did(event_class::set, "sadd", to);
  ctx.reply.integer(1);
}

/// SSCAN key cursor [MATCH pattern] [COUNT count] -> [next cursor, array of bulk strings]
/// Errors: cursor, WRONGTYPE, syntax. Cost: O(COUNT); all at once unless it is a hash table.
void cmd_sscan(command_context& ctx, arguments args) {
  const auto cursor = protocol::parse_scan_cursor(args[2]);
  if (!cursor)
    return ctx.reply.error(errors::invalid_cursor);
  const auto at = ctx.find_to_read(args[1]);
  if (at && is_not<types::set>(ctx, at))
    return;
  // Redis does not look at the options if there is no set.
  const auto options = at ? read_scan_options(ctx, args, scan_of_members) : scan_options{};
  if (!options)
    return;
  std::vector<types::set_element> members;
  std::uint64_t next = 0;
  if (at)
    next = object_ref<types::set> {
      *at
      } -> scan(*cursor, options->count, [&](types::set_element member) {
        char digits[24];
        if (options->want(member.text(digits)))
          members.push_back(member);
      });
  reply_scan_cursor(ctx.reply, next);
  ctx.reply.array(members.size());
  for (const auto member : members)
    reply_element(ctx.reply, member);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec smove_keys[] = {
  {.flags = key_rw | key_access | key_delete, .position = 1},
  {.flags = key_rw | key_insert, .position = 2},
};

constexpr command_spec set_table[] = {
  {.name = "sadd", .arity = -3, .flags = write | denyoom | fast, .acl = acl_set,
   .keys = key_at<1, key_rw | key_insert>, .route = way::single, .run = cmd_sadd,
   .group = command_group::set, .since = "1.0.0",
   .complexity =
     "O(1) for each element added, so O(N) to add N elements when the command is called with "
     "multiple arguments.",
   .summary = "Adds members to a set, which comes to be with its first one.",
   .syntax = "key member..."},
  {.name = "scard", .arity = 2, .flags = readonly | fast, .acl = acl_set,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_scard, .group = command_group::set,
   .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the number of members of a set.", .syntax = "key"},
  {.name = "sismember", .arity = 3, .flags = readonly | fast, .acl = acl_set,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_sismember,
   .group = command_group::set, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Tells whether a set has a member.", .syntax = "key member"},
  {.name = "smembers", .arity = 2, .flags = readonly, .acl = acl_set,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_smembers,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the set cardinality.",
   .summary = "Replies with all members of a set.", .syntax = "key",
   .tips = "nondeterministic_output_order"},
  {.name = "smismember", .arity = -3, .flags = readonly | fast, .acl = acl_set,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_smismember,
   .group = command_group::set, .since = "6.2.0",
   .complexity = "O(N) where N is the number of elements being checked for membership",
   .summary = "Tells of several members whether a set has them.", .syntax = "key member..."},
  {.name = "smove", .arity = 4, .flags = write | fast, .acl = acl_set, .keys = smove_keys,
   .route = way::borrow, .run = cmd_smove, .group = command_group::set, .since = "1.0.0",
   .complexity = "O(1)", .summary = "Moves a member from one set to another.",
   .syntax = "source#0 destination#1 member"},
  {.name = "srem", .arity = -3, .flags = write | fast, .acl = acl_set,
   .keys = key_at<1, key_rw | key_delete>, .route = way::single, .run = cmd_srem,
   .group = command_group::set, .since = "1.0.0",
   .complexity = "O(N) where N is the number of members to be removed.",
   .summary = "Removes members from a set, which goes with its last one.",
   .syntax = "key member..."},
  {.name = "sscan", .arity = -3, .flags = readonly, .acl = acl_set,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_sscan,
   .group = command_group::set, .since = "2.8.0",
   .complexity =
     "O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
     "cursor to return back to 0. N is the number of elements inside the collection.",
   .summary = "Walks through the members of a set, a few with each call.",
   .syntax = "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer]",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> set_rows() noexcept {
  return set_table;
}

} // namespace thespis::commands
