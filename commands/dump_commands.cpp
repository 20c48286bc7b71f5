/// DUMP and RESTORE: a value as a payload that another server reads, and back.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/key_changes.hpp"
#include "commands/number_argument.hpp"
#include "commands/rows.hpp"
#include "keyspace/access_clock.hpp"
#include "keyspace/command_context.hpp"
#include "persistence/dump_footer.hpp"
#include "persistence/rdb_reader.hpp"
#include "persistence/value_reader.hpp"
#include "persistence/value_writer.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

constexpr std::int64_t frequency_max = 255;
/// About how many bytes of a payload are one element.
constexpr std::size_t bytes_per_element = 16;

struct restore_options {
  bool replace = false;
  /// The time to live is a Unix time.
  bool absolute = false;
  std::optional<std::int64_t> idle_seconds{};
  std::optional<std::int64_t> frequency{};
};

/// Empty: an error has been replied.
std::optional<restore_options> read_restore_options(command_context& ctx, arguments words) {
  restore_options out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_next = i + 1 < words.size();
    if (equals_nocase(words[i], "replace")) {
      out.replace = true;
    } else if (equals_nocase(words[i], "absttl")) {
      out.absolute = true;
    } else if (equals_nocase(words[i], "idletime") && has_next && !out.frequency) {
      out.idle_seconds = read_integer(ctx.reply, words[++i], errors::not_an_integer);
      if (!out.idle_seconds)
        return std::nullopt;
      if (*out.idle_seconds < 0)
        return ctx.reply.error(errors::invalid_restore_idle_time), std::nullopt;
    } else if (equals_nocase(words[i], "freq") && has_next && !out.idle_seconds) {
      out.frequency = read_integer(ctx.reply, words[++i], errors::not_an_integer);
      if (!out.frequency)
        return std::nullopt;
      if (*out.frequency < 0 || *out.frequency > frequency_max)
        return ctx.reply.error(errors::invalid_restore_frequency), std::nullopt;
    } else {
      return ctx.reply.error(errors::syntax), std::nullopt;
    }
  }
  return out;
}

/// That many milliseconds later, or the last possible time.
constexpr std::int64_t time_after(std::int64_t now_ms, std::int64_t ttl_ms) noexcept {
  return ttl_ms > int64_max - now_ms ? int64_max : now_ms + ttl_ms;
}

/// The value in a payload; nothing: an error has been replied.
std::optional<persistence::restored_value> read_payload(command_context& ctx,
                                                        const keyspace::access_settings& settings,
                                                        std::string_view payload) {
  const bool verify = !settings.skip_checksums.load(std::memory_order_relaxed);
  const auto content = persistence::without_dump_footer(payload, verify);
  if (!content) {
    ctx.reply.error(errors::wrong_dump_checksum);
    return std::nullopt;
  }
  persistence::rdb_reader reader{*content};
  if (const auto type = reader.byte()) {
    const auto known_type = persistence::rdb_type_of(*type, persistence::dump_version(payload));
    auto value = persistence::read_value(reader, known_type, {settings, ctx.now.ms});
    if (value)
      return std::move(*value);
  }
  ctx.reply.error(errors::bad_dump_format);
  return std::nullopt;
}

void set_access(const command_context& ctx, keyspace::entry& of, bool lfu,
                const restore_options& options) {
  if (lfu) {
    if (options.frequency)
      of.set_access(
        keyspace::lfu_clock(ctx.now.us / 1000, static_cast<std::uint32_t>(*options.frequency)));
  } else if (options.idle_seconds) {
    const auto idle = static_cast<std::uint64_t>(*options.idle_seconds);
    of.set_access(keyspace::lru_clock_of_idle(idle, ctx.now.us / 1000));
  }
}

/// The request such that the key expires at the same time whenever it is run again.
std::vector<std::string_view> with_absolute_time(arguments args, std::string_view at_ms) {
  std::vector<std::string_view> words{args.begin(), args.end()};
  words[2] = at_ms;
  words.push_back("ABSTTL");
  return words;
}

/// The key is gone instead, because its time had passed. Nothing happened if there was none.
void restore_expired(command_context& ctx, std::string_view key, keyspace::database::slot& at) {
  if (!at)
    return;
  erase(ctx, key, at);
  ctx.replay_as(key, {"DEL", key});
}

} // namespace

/// DUMP key -> bulk string | null. The type and the value as in an RDB file, and the footer of
/// persistence/dump_footer.hpp. Cost: O(size of the value).
void cmd_dump(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (ctx.moves_for(at->effort()))
    return;
  const auto& settings = ctx.home(args[1]).access;
  const persistence::value_format how{
    .compress = settings.compress.load(std::memory_order_relaxed),
    .list_packed_size = settings.list_packed_size.load(std::memory_order_relaxed)};
  const auto type = persistence::written_type(*at, how);
  std::string payload(1, static_cast<char>(type));
  persistence::append_value(payload, *at, how);
  persistence::append_dump_footer(payload, persistence::version_needed(type));
  ctx.reply.bulk(payload);
}

/// RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds | FREQ counter] -> OK. `ttl` in
/// milliseconds, 0: none. Errors: the key exists, a bad number, a damaged payload, one of a newer
/// version, or of a type that does not exist here. Cost: O(size of the value), times log n for
/// sorted sets.
void cmd_restore(command_context& ctx, arguments args) {
  const auto options = read_restore_options(ctx, args.subspan(4));
  if (!options)
    return;
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && !options->replace)
    return ctx.reply.error(errors::busy_key);
  const auto ttl = read_integer(ctx.reply, args[2], errors::not_an_integer);
  if (!ttl)
    return;
  if (*ttl < 0)
    return ctx.reply.error(errors::invalid_restore_ttl);
  if (ctx.moves_for(args[3].size() / bytes_per_element))
    return;
  const auto& settings = ctx.home(key).access;
  auto value = read_payload(ctx, settings, args[3]);
  if (!value)
    return;
  const auto expire_at_ms = *ttl == 0 || options->absolute ? *ttl : time_after(ctx.now.ms, *ttl);
  if (*ttl != 0 && expire_at_ms <= ctx.now.ms) {
    restore_expired(ctx, key, at);
    return ctx.reply.ok();
  }
  char digits[24];
  std::vector<std::string_view> replay;
  if (*ttl != 0 && !options->absolute)
    replay = with_absolute_time(args, base::format_int64(expire_at_ms, digits));
  const bool found{at};
  std::move(*value).put(ctx.db(key), at, *ttl == 0 ? std::nullopt : std::optional{expire_at_ms});
  set_access(ctx, *at, settings.lfu.load(std::memory_order_relaxed), *options);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  ctx.did(event_class::generic, "restore", key);
  if (!replay.empty())
    ctx.replay_as(key, replay);
  ctx.reply.ok();
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr std::string_view restore_syntax =
  "key ttl:integer serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME seconds:integer@5.0.0] "
  "[FREQ frequency:integer@5.0.0]";

constexpr command_spec dump_table[] = {
  {.name = "dump", .arity = 2, .flags = readonly, .acl = acl_keyspace,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_dump,
   .group = command_group::generic, .since = "2.6.0",
   .complexity =
     "O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis "
     "objects composing the value and M their average size. For small string values the time "
     "complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
   .summary = "Replies with the value of a key as a payload that RESTORE reads.", .syntax = "key",
   .tips = "nondeterministic_output"},
  {.name = "restore", .arity = -4, .flags = write | denyoom, .acl = acl_keyspace | acl_dangerous,
   .keys = key_at<1, key_ow | key_update>, .route = way::single, .run = cmd_restore,
   .group = command_group::generic, .since = "2.6.0",
   .complexity =
     "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N "
     "is the number of Redis objects composing the value and M their average size. For small string "
     "values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for "
     "sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets "
     "is O(log(N)).",
   .summary = "Makes a payload of DUMP the value of a key.", .syntax = restore_syntax},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> dump_rows() noexcept {
  return dump_table;
}

} // namespace thespis::commands
