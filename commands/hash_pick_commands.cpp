/// The commands that look at some of a hash's fields: by chance (HRANDFIELD) or piece by piece
/// (HSCAN). None of them shows a field that has expired.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/sampling.hpp"
#include "commands/hash_value.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/scan_options.hpp"
#include "protocol/errors.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::random_bits;
using keyspace::command_context;
using keyspace::object_ref;
using protocol::arguments;
using types::hash;
using types::hash_item;
namespace errors = protocol::errors;

namespace {

std::vector<hash_item> live_items(const hash& in, std::int64_t now_ms) {
  std::vector<hash_item> items;
  items.reserve(in.size());
  for_each_live(in, now_ms, [&](const hash_item& item) { items.push_back(item); });
  return items;
}

/// Empty if all fields have expired. Cost: O(1), but O(size) where most fields have expired.
std::optional<hash_item> random_live(const hash& in, random_bits& random, std::int64_t now_ms) {
  constexpr int tries_max = 32;
  for (int tries = 0; tries < tries_max; ++tries)
    if (const auto item = in.random(random); !item.expired_at(now_ms))
      return item;
  const auto items = live_items(in, now_ms);
  if (items.empty())
    return std::nullopt;
  return items[random.below(items.size())];
}

/// Writes picked fields; RESP3 puts each with its value into an array of two.
class picked_reply {
public:
  picked_reply(protocol::reply_writer& out, bool with_values, std::size_t count)
    : out_(out), with_values_(with_values), pairs_(with_values && out.protocol() == 3) {
    out.array(with_values && !pairs_ ? count * 2 : count);
  }
  void add(const hash_item& item) {
    if (pairs_)
      out_.array(2);
    out_.bulk(item.field);
    if (with_values_)
      out_.bulk(item.value);
  }

private:
  protocol::reply_writer& out_;
  bool with_values_;
  bool pairs_;
};

/// The same field may come again.
void pick_with_repeats(command_context& ctx, const hash& in, random_bits& random, std::size_t count,
                       bool with_values) {
  if (in.encoding_name() == "hashtable" && !in.may_hold_expired(ctx.now.ms)) {
    picked_reply reply{ctx.reply, with_values, count};
    for (std::size_t i = 0; i < count; ++i)
      reply.add(in.random(random));
    return;
  }
  const auto items = live_items(in, ctx.now.ms);
  if (items.empty())
    return ctx.reply.array(0);
  picked_reply reply{ctx.reply, with_values, count};
  for (std::size_t i = 0; i < count; ++i)
    reply.add(items[random.below(items.size())]);
}

void pick_distinct(command_context& ctx, const hash& in, random_bits& random, std::size_t count,
                   bool with_values) {
  if (in.may_hold_expired(ctx.now.ms)) {
    const auto items = live_items(in, ctx.now.ms);
    count = std::min(count, items.size());
    base::selection choice{count, items.size(), random};
    picked_reply reply{ctx.reply, with_values, count};
    for (const auto& item : items)
      if (choice.take())
        reply.add(item);
    return;
  }
  count = std::min(count, in.size());
  picked_reply reply{ctx.reply, with_values, count};
  if (base::are_few(count, in.size()) && in.encoding_name() == "hashtable")
    return base::visit_distinct(
      count, [&] { return in.random(random); },
      [](const hash_item& item) { return reinterpret_cast<std::uintptr_t>(item.field.data()); },
      [&](const hash_item& item) { reply.add(item); });
  base::selection choice{count, in.size(), random};
  in.for_each([&](const hash_item& item) {
    if (choice.take())
      reply.add(item);
  });
}

void pick_many(command_context& ctx, arguments args) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const auto count = read_integer(ctx.reply, args[2], -most, most);
  if (!count)
    return;
  const bool with_values = args.size() == 4;
  if (args.size() > 4 || (with_values && !base::equals_nocase(args[3], "withvalues")))
    return ctx.reply.error(errors::syntax);
  if (with_values && (*count < -most / 2 || *count > most / 2))
    return ctx.reply.error(errors::out_of_range);
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.array(0);
  if (is_not<hash>(ctx, at))
    return;
  if (*count == 0)
    return ctx.reply.array(0);
  object_ref<hash> value{*at};
  if (ctx.moves_for(base::picks(*count, value->size())))
    return;
  auto& random = ctx.home(args[1]).random;
  if (*count < 0)
    pick_with_repeats(ctx, *value, random, base::repeated_picks(*count), with_values);
  else
    pick_distinct(ctx, *value, random, static_cast<std::size_t>(*count), with_values);
}

} // namespace

/// HRANDFIELD key [count [WITHVALUES]] -> bulk string | null | array (a negative count: with
/// repeats). Errors: WRONGTYPE, syntax, count. Cost: O(count), or O(size) for a large part of it.
void cmd_hrandfield(command_context& ctx, arguments args) {
  if (args.size() > 2)
    return pick_many(ctx, args);
  auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_not<hash>(ctx, at))
    return;
  object_ref<hash> value{*at};
  if (const auto item = random_live(*value, ctx.home(args[1]).random, ctx.now.ms))
    ctx.reply.bulk(item->field);
  else
    ctx.reply.null();
}

/// HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES] -> [next cursor, fields and values]
/// Errors: cursor, WRONGTYPE, syntax, count. Cost: O(COUNT).
void cmd_hscan(command_context& ctx, arguments args) {
  const auto cursor = protocol::parse_scan_cursor(args[2]);
  if (!cursor)
    return ctx.reply.error(errors::invalid_cursor);
  auto at = ctx.find_to_read(args[1]);
  if (!at) {
    reply_scan_cursor(ctx.reply, 0);
    return ctx.reply.array(0);
  }
  if (is_not<hash>(ctx, at))
    return;
  const auto options = read_scan_options(ctx, args, scan_of_fields);
  if (!options)
    return;
  object_ref<hash> value{*at};
  std::vector<hash_item> items;
  const auto next = value->scan(*cursor, options->count, [&](const hash_item& item) {
    if (!item.expired_at(ctx.now.ms) && options->want(item.field))
      items.push_back(item);
  });
  reply_scan_cursor(ctx.reply, next);
  ctx.reply.array(options->bare ? items.size() : items.size() * 2);
  for (const auto& item : items) {
    ctx.reply.bulk(item.field);
    if (!options->bare)
      ctx.reply.bulk(item.value);
  }
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec hash_pick_table[] = {
  {.name = "hrandfield", .arity = -2, .flags = readonly, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hrandfield,
   .group = command_group::hash, .since = "6.2.0",
   .complexity = "O(N) where N is the number of fields returned",
   .summary = "Replies with fields of a hash that are picked at random.",
   .syntax = "key [options{count:integer [WITHVALUES]}]", .tips = "nondeterministic_output"},
  {.name = "hscan", .arity = -3, .flags = readonly, .acl = acl_hash,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_hscan,
   .group = command_group::hash, .since = "2.8.0",
   .complexity =
     "O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
     "cursor to return back to 0. N is the number of elements inside the collection.",
   .summary = "Walks through the fields of a hash, a few with each call.",
   .syntax =
     "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer] [NOVALUES@7.4.0]",
   .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hash_pick_rows() noexcept {
  return hash_pick_table;
}

} // namespace thespis::commands
