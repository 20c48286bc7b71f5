/// The commands about the presence of keys, whatever their values: deletion, existence, type and
/// access.

#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;

namespace {

void delete_keys(command_context& ctx, arguments keys) {
  std::int64_t deleted = 0;
  for (const auto key : keys) {
    auto at = ctx.peek(key);
    if (!at)
      continue;
    erase(ctx, key, at);
    ++deleted;
  }
  ctx.reply.integer(deleted);
}

} // namespace

/// DEL key [key …] -> how many there were. Cost: O(number of keys); what is large is freed in the
/// background.
void cmd_del(command_context& ctx, arguments args) {
  delete_keys(ctx, args.subspan(1));
}

/// UNLINK key [key …] -> how many there were. Cost: O(number of keys).
void cmd_unlink(command_context& ctx, arguments args) {
  delete_keys(ctx, args.subspan(1));
}

/// EXISTS key [key …] -> how many exist; a key counts as often as it is named.
/// Cost: O(number of keys).
void cmd_exists(command_context& ctx, arguments args) {
  const auto keys = args.subspan(1);
  ctx.reply.integer(std::count_if(keys.begin(), keys.end(), [&](std::string_view key) {
    return static_cast<bool>(ctx.inspect(key));
  }));
}

/// TOUCH key [key …] -> how many exist. Cost: O(number of keys).
void cmd_touch(command_context& ctx, arguments args) {
  const auto keys = args.subspan(1);
  ctx.reply.integer(std::count_if(keys.begin(), keys.end(), [&](std::string_view key) {
    return static_cast<bool>(ctx.find_to_touch(key));
  }));
}

/// TYPE key -> simple string, "none" without the key. Cost: O(1).
void cmd_type(command_context& ctx, arguments args) {
  const auto at = ctx.inspect(args[1]);
  ctx.reply.simple(at ? keyspace::type_name(at->type()) : "none");
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec key_table[] = {
  {.name = "del", .arity = -2, .flags = write, .acl = acl_keyspace,
   .keys = keys_from<1, 1, key_rm | key_delete>, .route = way::split, .replies = merge::sum,
   .run = cmd_del, .group = command_group::generic, .since = "1.0.0",
   .complexity =
     "O(N) where N is the number of keys that will be removed. When a key to remove holds a value "
     "other than a string, the individual complexity for this key is O(M) where M is the number "
     "of elements in the list, set, sorted set or hash. Removing a single key that holds a string "
     "value is O(1).",
   .summary = "Deletes keys and replies with how many there were.", .syntax = "key...",
   .tips = "request_policy:multi_shard response_policy:agg_sum"},
  {.name = "exists", .arity = -2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = keys_from<1, 1, key_ro>, .route = way::split, .replies = merge::sum, .run = cmd_exists,
   .group = command_group::generic, .since = "1.0.0",
   .complexity = "O(N) where N is the number of keys to check.",
   .summary = "Counts those of the given keys that exist.", .syntax = "key...",
   .tips = "request_policy:multi_shard response_policy:agg_sum"},
  {.name = "touch", .arity = -2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = keys_from<1, 1, key_ro>, .route = way::split, .replies = merge::sum, .run = cmd_touch,
   .group = command_group::generic, .since = "3.2.1",
   .complexity = "O(N) where N is the number of keys that will be touched.",
   .summary = "Marks keys as just accessed and counts those that exist.", .syntax = "key...",
   .tips = "request_policy:multi_shard response_policy:agg_sum"},
  {.name = "type", .arity = 2, .flags = readonly | fast, .acl = acl_keyspace,
   .keys = key_at<1, key_ro>, .route = way::single, .run = cmd_type,
   .group = command_group::generic, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Replies with the type of the value at a key.", .syntax = "key"},
  {.name = "unlink", .arity = -2, .flags = write | fast, .acl = acl_keyspace,
   .keys = keys_from<1, 1, key_rm | key_delete>, .route = way::split, .replies = merge::sum,
   .run = cmd_unlink, .group = command_group::generic, .since = "4.0.0",
   .complexity =
     "O(N) where N is the number of keys that will be removed, plus O(M) for each of them where M "
     "is the number of allocations that its value is composed of.",
   .summary = "Deletes keys and replies with how many there were, like DEL.", .syntax = "key...",
   .tips = "request_policy:multi_shard response_policy:agg_sum"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> key_rows() noexcept {
  return key_table;
}

} // namespace thespis::commands
