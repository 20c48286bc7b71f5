/// DIGEST, DELEX and MSETEX: later additions for optimistic locking and for many keys that live and
/// die together. Servers of version 7.2 do not know them, so they are replayed as DEL and SET.
/// Source: the documentation of Redis 8.4.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "commands/set_options.hpp"
#include "commands/string_digest.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

std::optional<set_condition> delex_condition(std::string_view word) {
  if (base::equals_nocase(word, "ifeq"))
    return set_condition::equal;
  if (base::equals_nocase(word, "ifne"))
    return set_condition::not_equal;
  if (base::equals_nocase(word, "ifdeq"))
    return set_condition::digest_equal;
  if (base::equals_nocase(word, "ifdne"))
    return set_condition::digest_not_equal;
  return std::nullopt;
}

void delete_and_reply(command_context& ctx, std::string_view key, keyspace::database::slot& at) {
  erase(ctx, key, at);
  ctx.replay_as(key, {"DEL", key});
  ctx.reply.integer(1);
}

/// The keys and values of MSETEX, "key value key value …". Empty: an error has been replied.
std::optional<arguments> msetex_pairs(command_context& ctx, arguments args) {
  constexpr std::int64_t count_max = INT32_MAX;
  const auto count = base::parse_int64(args[1]);
  if (!count || *count < 1 || *count > count_max) {
    ctx.reply.error("ERR invalid numkeys value");
    return std::nullopt;
  }
  const auto words = static_cast<std::size_t>(*count) * 2;
  if (words > args.size() - 2) {
    ctx.reply.error("ERR wrong number of key-value pairs");
    return std::nullopt;
  }
  return args.subspan(2, words);
}

bool all_meet(command_context& ctx, arguments pairs, set_condition condition) {
  if (condition == set_condition::none)
    return true;
  for (std::size_t i = 0; i < pairs.size(); i += 2)
    if (!meets(condition, ctx.find_to_write(pairs[i]), {}))
      return false;
  return true;
}

void set_pair(command_context& ctx, std::string_view key, std::string_view value, bool keep_ttl) {
  auto at = ctx.find_to_write(key);
  store_string(ctx, key, at, value, keep_ttl, "set");
  if (keep_ttl)
    ctx.replay_as(key, {"SET", key, value, "KEEPTTL"});
  else
    ctx.replay_as(key, {"SET", key, value});
}

void set_pair_until(command_context& ctx, std::string_view key, std::string_view value,
                    std::int64_t expire_at_ms) {
  auto at = ctx.find_to_write(key);
  store_string_until(ctx, key, at, value, expire_at_ms, "set");
  char digits[24];
  ctx.replay_as(key, {"SET", key, value, "PXAT", base::format_int64(expire_at_ms, digits)});
}

} // namespace

/// DIGEST key -> 16 hexadecimal digits | null. Errors: WRONGTYPE. Cost: O(length).
void cmd_digest(command_context& ctx, arguments args) {
  const auto at = ctx.find_to_read(args[1]);
  if (!at)
    return ctx.reply.null();
  if (is_wrong_type(ctx, at))
    return;
  char scratch[24];
  const auto digest = digest_of(at->text(scratch));
  ctx.reply.bulk({digest.data(), digest.size()});
}

/// DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest] -> 1 | 0
/// Errors: arity, an unknown condition, a condition on what is no string. Cost: O(length).
void cmd_delex(command_context& ctx, arguments args) {
  const auto key = args[1];
  if (args.size() != 2 && args.size() != 4)
    return ctx.reply.error(errors::wrong_arity(ctx.spec->name));
  auto at = ctx.find_to_write(key);
  if (!at)
    return ctx.reply.integer(0);
  if (args.size() == 2)
    return delete_and_reply(ctx, key, at);
  if (!at->is_string())
    return ctx.reply.error("ERR Key should be of string type if conditions are specified");
  const auto condition = delex_condition(args[2]);
  if (!condition)
    return ctx.reply.error("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
  if (compares_digest(*condition) && !is_digest(ctx, args[3]))
    return;
  if (!meets(*condition, at, args[3]))
    return ctx.reply.integer(0);
  delete_and_reply(ctx, key, at);
}

/// MSETEX numkeys key value [key value …] [NX | XX] [EX | PX | EXAT | PXAT | KEEPTTL]
/// -> 1 | 0 (a key does not meet the condition, nothing is set)
/// Errors: numkeys, syntax, time. Cost: O(number of keys).
void cmd_msetex(command_context& ctx, arguments args) {
  const auto pairs = msetex_pairs(ctx, args);
  if (!pairs)
    return;
  const auto options = read_set_options(ctx, args, 2 + pairs->size(), set_grammar::msetex);
  if (!options)
    return;
  std::optional<std::int64_t> expire_at_ms;
  if (options->ttl == ttl_option::at_time) {
    expire_at_ms = read_positive_time(ctx, options->time, options->notation);
    if (!expire_at_ms)
      return;
  }
  if (!all_meet(ctx, *pairs, options->condition))
    return ctx.reply.integer(0);
  for (std::size_t i = 0; i < pairs->size(); i += 2) {
    if (expire_at_ms)
      set_pair_until(ctx, (*pairs)[i], (*pairs)[i + 1], *expire_at_ms);
    else
      set_pair(ctx, (*pairs)[i], (*pairs)[i + 1], options->ttl == ttl_option::keep);
  }
  ctx.reply.integer(1);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec msetex_keys[] = {
  {.flags = key_ow | key_update, .position = 1, .find_keys = key_spec::find::keynum, .step = 2,
   .key_count_index = 0, .first_key = 1},
};

constexpr command_spec string_condition_table[] = {
  {.name = "delex", .arity = -2, .flags = write | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_delete | key_variable_flags>, .keys_rule = key_rule::delex,
   .route = way::single, .run = cmd_delex, .group = command_group::string, .since = "8.4.0",
   .complexity =
     "O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string value.",
   .summary =
     "Deletes a key, if wanted only when its string or the digest of it meets a condition.",
   .syntax =
     "key [condition(IFEQ ifeq-value|IFNE ifne-value|IFDEQ ifdeq-digest|IFDNE ifdne-digest)]"},
  {.name = "digest", .arity = 2, .flags = readonly | fast, .acl = acl_string,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_digest,
   .group = command_group::string, .since = "8.4.0",
   .complexity = "O(N) where N is the length of the string value.",
   .summary = "Replies with the hash digest of the string at a key.", .syntax = "key"},
  {.name = "msetex", .arity = -4, .flags = write | denyoom, .acl = acl_string, .keys = msetex_keys,
   .route = way::borrow, .run = cmd_msetex, .group = command_group::string, .since = "8.4.0",
   .complexity = "O(N) where N is the number of keys to set.",
   .summary = "Sets several strings at once, with one condition and one time to live for all.",
   .syntax =
     "numkeys:integer data{key value}... [condition(NX|XX)] [expiration(EX seconds:integer|PX "
     "milliseconds:integer|EXAT unix-time-seconds:unix-time|PXAT "
     "unix-time-milliseconds:unix-time|KEEPTTL)]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> string_condition_rows() noexcept {
  return string_condition_table;
}

} // namespace thespis::commands
