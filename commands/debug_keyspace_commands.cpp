/// The subcommands of DEBUG that look at keys or hold all partitions.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/dataset_digest.hpp"
#include "commands/number_argument.hpp"
#include "keyspace/access_clock.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <time.h>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// What a string takes in an RDB file that does not compress.
std::size_t serialized_bytes(const keyspace::entry& value) {
  if (!value.is_string())
    return value.memory_bytes();
  if (value.is_integer()) {
    const auto number = value.integer();
    const auto fits = [&](std::int64_t bound) { return number >= -bound && number < bound; };
    if (fits(1 << 7))
      return 2;
    if (fits(1 << 15))
      return 3;
    if (fits(std::int64_t{1} << 31))
      return 5;
  }
  const auto size = value.size();
  const std::size_t header = size < 64 ? 1 : size < 16384 ? 2 : 5;
  return header + size;
}

/// The value "value:7", or as many bytes of it and zeros as asked for.
std::string filler(std::uint64_t number, std::size_t size) {
  auto text = fmt::format("value:{}", number);
  if (size != 0)
    text.resize(size, '\0');
  return text;
}

} // namespace

/// DEBUG OBJECT key -> simple string. Cost: O(1).
void cmd_debug_object(command_context& ctx, arguments args) {
  const auto at = ctx.db(args[2]).find(args[2]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  ctx.reply.simple(
    fmt::format("Value at:{} refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}",
                fmt::ptr(&*at), at->encoding_name(), serialized_bytes(*at), at->access(),
                keyspace::lru_idle_seconds(at->access(), ctx.now.ms)));
}

/// DEBUG SDSLEN key -> simple string with the sizes of the key and of its string. Cost: O(1).
void cmd_debug_sdslen(command_context& ctx, arguments args) {
  const auto at = ctx.db(args[2]).find(args[2]);
  if (!at)
    return ctx.reply.error(errors::no_such_key);
  if (!at->is_string() || at->is_integer())
    return ctx.reply.error("ERR Not an sds encoded string.");
  ctx.reply.simple(fmt::format("key_sds_len:{}, key_sds_avail:0, key_zmalloc: {}, val_sds_len:{}, "
                               "val_sds_avail:0, val_zmalloc: {}",
                               at->key().size(), at->key().size(), at->size(),
                               at->memory_bytes() - at->key().size()));
}

/// DEBUG HTSTATS database -> text about the tables of its partitions. Cost: O(size).
void cmd_debug_htstats(command_context& ctx, arguments args) {
  const auto index = read_integer(ctx.reply, args[2], errors::not_an_integer);
  if (!index)
    return;
  if (*index < 0 || *index >= ctx.client.database_count)
    return ctx.reply.error("ERR Out of range database");
  std::string out = "[Dictionary HT]\n";
  for (const auto* shard : ctx.shards.all())
    out += base::describe(shard->databases[static_cast<std::size_t>(*index)].statistics());
  ctx.reply.verbatim("txt", out);
}

/// DEBUG DIGEST -> 40 hexadecimal digits as a simple string. Cost: O(all data).
void cmd_debug_digest(command_context& ctx, arguments) {
  const auto shards = ctx.shards.all();
  ctx.reply.simple(base::to_hex(digest_dataset(shards)));
}

/// DEBUG DIGEST-VALUE key … -> array of digests, all zeros for a key that is missing. Expired keys
/// that were not deleted yet count. Cost: O(values).
void cmd_debug_digest_value(command_context& ctx, arguments args) {
  const auto keys = args.subspan(2);
  ctx.reply.array(keys.size());
  for (const auto key : keys) {
    content_digest sum;
    if (const auto at = ctx.db(key).find(key))
      digest_value(*at, sum);
    ctx.reply.simple(base::to_hex(sum.sum()));
  }
}

/// DEBUG POPULATE count [prefix [size]] -> OK. Keys that exist stay. Tells no effects, as in Redis.
/// Cost: O(count * size).
void cmd_debug_populate(command_context& ctx, arguments args) {
  constexpr std::int64_t size_max = 512 * 1024 * 1024;
  if (args.size() > 5)
    return ctx.reply.error(errors::wrong_subcommand(args[1], args[0]));
  const auto count = read_integer(ctx.reply, args[2], 0, int64_max, errors::not_positive);
  if (!count)
    return;
  const auto prefix = args.size() > 3 ? args[3] : std::string_view{"key"};
  std::size_t size = 0;
  if (args.size() > 4) {
    const auto asked = read_integer(ctx.reply, args[4], 0, size_max, errors::not_positive);
    if (!asked)
      return;
    size = static_cast<std::size_t>(*asked);
  }
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(*count); ++i) {
    const auto key = fmt::format("{}:{}", prefix, i);
    auto at = ctx.peek(key);
    if (!at)
      ctx.db(key).set_string(at, filler(i, size));
  }
  ctx.reply.ok();
}

/// DEBUG SLEEP seconds -> OK, after that time. Its row borrows all partitions, so that the whole
/// keyspace stands still; the wait belongs to the command and so does the call that waits. What is
/// no number is 0; at most a day. Cost: as asked.
void cmd_debug_sleep(command_context& ctx, arguments args) {
  constexpr double seconds_max = 24 * 3600;
  constexpr double ns_per_s = 1e9;
  const auto seconds = std::clamp(base::parse_double(args[2]).value_or(0), 0.0, seconds_max);
  const auto whole = std::floor(seconds);
  timespec left{};
  left.tv_sec = static_cast<time_t>(whole);
  left.tv_nsec = static_cast<long>((seconds - whole) * ns_per_s);
  while (nanosleep(&left, &left) != 0) {
    // A signal came; the rest of the time is in `left`.
  }
  ctx.reply.ok();
}

} // namespace thespis::commands
