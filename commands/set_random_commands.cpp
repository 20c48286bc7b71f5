/// The commands that pick members of a set by chance: SPOP and SRANDMEMBER. Every choice has the
/// same probability. What SPOP took is replayed as SREM, because another run would take others.

#include "base/sampling.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "commands/set_value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using keyspace::object_ref;
using protocol::arguments;
using types::set_element;
namespace errors = protocol::errors;

namespace {

/// Replays the removal of members as SREM, some at a time.
class removals {
public:
  removals(command_context& ctx, std::string_view key)
    : ctx_(ctx), key_(key), listened_to_(ctx.home(key).changes.listened_to()) {
  }
  void add(set_element member) {
    if (!listened_to_) [[likely]]
      return;
    if (words_.empty())
      words_ = {"SREM", key_};
    char digits[24];
    const auto text = member.text(digits);
    words_.push_back(member.is_integer() ? digits_.emplace_back(text) : text);
    if (words_.size() == words_max)
      finish();
  }
  void finish() {
    if (!words_.empty())
      ctx_.replay_as(key_, arguments{words_});
    words_.clear();
    digits_.clear();
  }

private:
  static constexpr std::size_t words_max = 1024;

  command_context& ctx_;
  std::string_view key_;
  bool listened_to_;
  std::vector<std::string_view> words_;
  /// Integers' texts; they stay where they are.
  std::deque<std::string> digits_;
};

void pop_one(command_context& ctx, std::string_view key, database::slot& at) {
  opened<types::set> value{ctx, key, at};
  const auto picked = value->pick(ctx.home(key).random);
  reply_element(ctx.reply, picked);
  char digits[24];
  const auto text = picked.text(digits);
  ctx.replay_as(key, {"SREM", key, text});
  value->remove(picked);
  value.close(event_class::set, "spop");
}

void pop_all(command_context& ctx, std::string_view key, database::slot& at) {
  std::size_t size = 0;
  {
    object_ref<types::set> value{*at};
    size = value->size();
    ctx.reply.set(size);
    value->for_each([&](set_element member) { reply_element(ctx.reply, member); });
  }
  ctx.replay_as(key, {"DEL", key});
  ctx.db(key).erase(at);
  ctx.did_several(event_class::set, "spop", key, size);
  ctx.also(event_class::generic, "del", key);
}

/// REQUIRES: count < size(); not packed, where views of members would not outlive a removal.
void pop_some(command_context& ctx, std::string_view key, types::set& value, std::size_t count) {
  const auto picked = value.sample(count, ctx.home(key).random);
  removals gone{ctx, key};
  ctx.reply.set(count);
  for (const auto member : picked) {
    reply_element(ctx.reply, member);
    gone.add(member);
  }
  gone.finish();
  for (const auto member : picked)
    value.remove(member);
}

/// The same by picking those who stay, who make a new set. As in Redis that may be packed again.
void pop_by_rest(command_context& ctx, std::string_view key, types::set& value, std::size_t count) {
  auto stay = value.sample(value.size() - count, ctx.home(key).random);
  // What is packed stays so, even if the limits are lower by now.
  constexpr auto none = std::numeric_limits<std::size_t>::max();
  const auto limits = value.stored() == types::set::form::packed
                        ? types::set_limits{{none, none}, none}
                        : set_limits_at(ctx, key);
  auto rest = stay.front().is_integer() ? types::set{} : types::set::packed_from_start();
  for (const auto member : stay)
    rest.add_absent(member, limits);
  std::sort(stay.begin(), stay.end());
  removals gone{ctx, key};
  ctx.reply.set(count);
  value.for_each([&](set_element member) {
    if (std::binary_search(stay.begin(), stay.end(), member))
      return;
    reply_element(ctx.reply, member);
    gone.add(member);
  });
  gone.finish();
  value = std::move(rest);
}

void pop_several(command_context& ctx, std::string_view key, std::size_t count) {
  auto at = ctx.find_to_write(key);
  if (at && is_not<types::set>(ctx, at))
    return;
  if (!at || count == 0)
    return ctx.reply.set(0);
  const auto size = object_ref<types::set> {
    *at
    } -> size();
  if (count >= size)
    return pop_all(ctx, key, at);
  if (ctx.moves_for(count))
    return;
  // Where those who stay are fewer than that, it is cheaper to pick them.
  const auto few = count / 5;
  opened<types::set> value{ctx, key, at};
  if (value->stored() == types::set::form::packed || size - count <= few)
    pop_by_rest(ctx, key, *value, count);
  else
    pop_some(ctx, key, *value, count);
  value.close(event_class::set, "spop", count);
}

/// `count` picks of which each may be any member.
void reply_picks(command_context& ctx, std::string_view key, const types::set& value,
                 std::size_t count) {
  auto& random = ctx.home(key).random;
  ctx.reply.array(count);
  if (value.stored() != types::set::form::packed || count == 1) {
    for (; count > 0; --count)
      reply_element(ctx.reply, value.pick(random));
    return;
  }
  // A packed set finds its members from the front only.
  std::vector<set_element> members;
  members.reserve(value.size());
  value.for_each([&](set_element member) { members.push_back(member); });
  for (; count > 0; --count)
    reply_element(ctx.reply, members[random.below(members.size())]);
}

void reply_sample(command_context& ctx, std::string_view key, const types::set& value,
                  std::size_t count) {
  ctx.reply.array(std::min(count, value.size()));
  if (count >= value.size())
    return value.for_each([&](set_element member) { reply_element(ctx.reply, member); });
  for (const auto member : value.sample(count, ctx.home(key).random))
    reply_element(ctx.reply, member);
}

/// A count below zero allows repetitions.
void reply_several(command_context& ctx, std::string_view key, std::int64_t count) {
  const auto at = ctx.find_to_read(key);
  if (at && is_not<types::set>(ctx, at))
    return;
  if (!at || count == 0)
    return ctx.reply.array(0);
  object_ref<types::set> value{*at};
  if (ctx.moves_for(base::picks(count, value->size())))
    return;
  if (count < 0)
    reply_picks(ctx, key, *value, base::repeated_picks(count));
  else
    reply_sample(ctx, key, *value, static_cast<std::size_t>(count));
}

} // namespace

/// SPOP key [count] -> bulk string | null; with a count a set of bulk strings, fewer if there are
/// not as many. Errors: WRONGTYPE, count. Cost: O(count).
void cmd_spop(command_context& ctx, arguments args) {
  if (args.size() > 3)
    return ctx.reply.error(errors::syntax);
  if (args.size() == 3) {
    const auto count = read_integer(ctx.reply, args[2], 0, int64_max, errors::not_positive);
    if (count)
      pop_several(ctx, args[1], static_cast<std::size_t>(*count));
    return;
  }
  auto at = ctx.find_to_write(args[1]);
  if (!at)
    return ctx.reply.null();
  if (!is_not<types::set>(ctx, at))
    pop_one(ctx, args[1], at);
}

/// SRANDMEMBER key [count] -> bulk string | null; with a count an array of bulk strings: so many
/// different ones, or if it is negative so many picks.
/// Errors: WRONGTYPE, count. Cost: O(count), at most O(number of members) for different ones.
void cmd_srandmember(command_context& ctx, arguments args) {
  if (args.size() > 3)
    return ctx.reply.error(errors::syntax);
  if (args.size() == 3) {
    if (const auto count = read_integer(ctx.reply, args[2], -int64_max, int64_max))
      reply_several(ctx, args[1], *count);
    return;
  }
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (!is_not<types::set>(ctx, at))
    reply_element(
      ctx.reply, object_ref<types::set> { *at } -> pick(ctx.home(args[1]).random));
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec set_random_table[] = {
  {.name = "spop", .arity = -2, .flags = write | fast, .acl = acl_set,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_spop,
   .group = command_group::set, .since = "1.0.0",
   .complexity =
     "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
   .summary = "Removes members of a set picked at random and replies with them.",
   .syntax = "key [count:integer@3.2.0]", .tips = "nondeterministic_output"},
  {.name = "srandmember", .arity = -2, .flags = readonly, .acl = acl_set,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_srandmember,
   .group = command_group::set, .since = "1.0.0",
   .complexity =
     "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed "
     "count.",
   .summary = "Replies with members of a set picked at random.",
   .syntax = "key [count:integer@2.6.0]", .tips = "nondeterministic_output"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> set_random_rows() noexcept {
  return set_random_table;
}

} // namespace thespis::commands
