/// Reading fields of a hash together with a change of theirs (HGETEX, HGETDEL), and setting them
/// together with their expiry (HSETEX). Replays name only the fields that changed, with absolute
/// times.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/field_list.hpp"
#include "commands/hash_value.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using keyspace::database;
using keyspace::event_class;
using protocol::arguments;
using types::hash;
namespace errors = protocol::errors;

namespace {

std::optional<time_notation> read_notation(std::string_view word) {
  if (equals_nocase(word, "ex"))
    return relative_seconds;
  if (equals_nocase(word, "px"))
    return relative_milliseconds;
  if (equals_nocase(word, "exat"))
    return unix_seconds;
  if (equals_nocase(word, "pxat"))
    return unix_milliseconds;
  return std::nullopt;
}

void reply_nulls(command_context& ctx, std::size_t count) {
  ctx.reply.array(count);
  for (std::size_t i = 0; i < count; ++i)
    ctx.reply.null();
}

// -- HGETEX --------------------------------------------------------------------------------------

struct getex_request {
  enum class what { nothing, expire, persist } change = what::nothing;
  std::int64_t at_ms = 0;
  arguments fields;
};

/// Empty: an error has been replied.
std::optional<getex_request> read_getex(command_context& ctx, arguments args) {
  getex_request out;
  std::size_t at = 2;
  if (const auto notation = read_notation(args[at])) {
    const auto at_ms = read_field_time(ctx, args[at + 1], *notation);
    if (!at_ms)
      return std::nullopt;
    out.change = getex_request::what::expire;
    out.at_ms = *at_ms;
    at += 2;
  } else if (equals_nocase(args[at], "persist")) {
    out.change = getex_request::what::persist;
    ++at;
  }
  const auto fields = read_fields(ctx, args, at, errors::field_count_not_positive);
  if (!fields)
    return std::nullopt;
  out.fields = *fields;
  return out;
}

/// Does to a field what HGETEX asks for. Returns whether that changed anything.
bool change_field(command_context& ctx, hash& in, std::string_view field,
                  const getex_request& request) {
  switch (request.change) {
    case getex_request::what::nothing:
      break;
    case getex_request::what::persist:
      return in.clear_expiry(field);
    case getex_request::what::expire:
      return request.at_ms <= ctx.now.ms ? in.erase(field)
                                         : in.set_expiry(field, request.at_ms, ctx.now.ms);
  }
  return false;
}

void tell_getex(command_context& ctx, std::string_view key, opened<hash>& value,
                const getex_request& request, const field_replay& changed) {
  if (request.change == getex_request::what::persist) {
    value.close(event_class::hash, "hpersist", changed.size());
    changed.replay(ctx, "HPERSIST", key);
  } else if (request.at_ms <= ctx.now.ms) {
    value.close(event_class::hash, "hdel", changed.size());
    changed.replay_deletion(ctx, key);
  } else {
    char digits[24];
    value.close(event_class::hash, "hexpire", changed.size());
    changed.replay(ctx, "HPEXPIREAT", key, {base::format_int64(request.at_ms, digits)});
  }
}

// -- HSETEX --------------------------------------------------------------------------------------

struct setex_request {
  enum class condition { none, none_exists, all_exist } when = condition::none;
  bool keep_ttl = false;
  std::optional<std::int64_t> expire_at_ms;
  /// Fields and values.
  arguments pairs;
};

/// The pairs behind FIELDS, which stands at `at`; nothing may follow them.
std::optional<arguments> read_pairs(command_context& ctx, arguments args, std::size_t at) {
  const auto refuse = [&](std::string_view why) {
    ctx.reply.error(why);
    return std::nullopt;
  };
  constexpr auto count_max = std::numeric_limits<std::int32_t>::max();
  if (at + 3 >= args.size())
    return refuse(errors::wrong_arity(ctx.spec->name));
  const auto count = base::parse_int64(args[at + 1]);
  if (!count || *count < 1 || *count > count_max)
    return refuse(errors::field_count_invalid);
  const auto pairs = args.subspan(at + 2);
  if (pairs.size() != 2 * static_cast<std::uint64_t>(*count))
    return refuse(errors::wrong_arity(ctx.spec->name));
  return pairs;
}

/// Reads one option in front of FIELDS and moves on. Returns whether it did; otherwise an error has
/// been replied.
bool read_setex_option(command_context& ctx, arguments args, std::size_t& at, setex_request& out) {
  const auto refuse = [&](std::string_view why) {
    ctx.reply.error(why);
    return false;
  };
  const auto word = args[at++];
  const bool fnx = equals_nocase(word, "fnx");
  if (fnx || equals_nocase(word, "fxx")) {
    if (out.when != setex_request::condition::none)
      return refuse(errors::one_field_condition);
    out.when = fnx ? setex_request::condition::none_exists : setex_request::condition::all_exist;
    return true;
  }
  const bool keeps = equals_nocase(word, "keepttl");
  const auto notation = read_notation(word);
  if (!keeps && !notation)
    return refuse("ERR unknown argument: " + std::string{word.substr(0, 128)});
  if (out.keep_ttl || out.expire_at_ms)
    return refuse(errors::one_field_expiry);
  if (keeps) {
    out.keep_ttl = true;
    return true;
  }
  if (at == args.size())
    return refuse(errors::missing_expire_time);
  out.expire_at_ms = read_field_time(ctx, args[at++], *notation);
  return out.expire_at_ms.has_value();
}

/// Empty: an error has been replied.
std::optional<setex_request> read_setex(command_context& ctx, arguments args) {
  setex_request out;
  std::size_t at = 2;
  while (at < args.size() && !equals_nocase(args[at], "fields"))
    if (!read_setex_option(ctx, args, at, out))
      return std::nullopt;
  if (at == args.size()) {
    ctx.reply.error(errors::fields_missing);
    return std::nullopt;
  }
  const auto pairs = read_pairs(ctx, args, at);
  if (!pairs)
    return std::nullopt;
  out.pairs = *pairs;
  return out;
}

bool is_met(const setex_request& request, const hash& in, std::int64_t now_ms) {
  if (request.when == setex_request::condition::none)
    return true;
  const bool wanted = request.when == setex_request::condition::all_exist;
  for (std::size_t i = 0; i < request.pairs.size(); i += 2)
    if (live_field(in, request.pairs[i], now_ms).has_value() != wanted)
      return false;
  return true;
}

void set_all(command_context& ctx, std::string_view key, hash& in, const setex_request& request) {
  const auto pairs = request.pairs;
  const bool in_time = request.expire_at_ms && *request.expire_at_ms > ctx.now.ms;
  expect_fields(ctx, key, in, pairs.size() / 2);
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    set_field(ctx, key, in, pairs[i], pairs[i + 1], request.keep_ttl);
    if (in_time)
      in.set_expiry(pairs[i], *request.expire_at_ms, ctx.now.ms);
  }
}

/// The time had passed already: the fields are set and gone.
void delete_again(command_context& ctx, std::string_view key, database::slot& at,
                  const setex_request& request) {
  opened<hash> value{ctx, key, at};
  field_replay deleted;
  for (std::size_t i = 0; i < request.pairs.size(); i += 2)
    if (value->erase(request.pairs[i]))
      deleted.add(request.pairs[i]);
  value.close(event_class::hash, "hdel", 0);
  deleted.replay_deletion(ctx, key);
}

void replay_setex(command_context& ctx, std::string_view key, const setex_request& request) {
  char time[24];
  char count[24];
  std::vector<std::string_view> words{
    "HSETEX", key,
    "PXAT",   base::format_int64(*request.expire_at_ms, time),
    "FIELDS", base::format_uint64(request.pairs.size() / 2, count)};
  words.insert(words.end(), request.pairs.begin(), request.pairs.end());
  ctx.replay_as(key, words);
}

} // namespace

/// HGETEX key [EX | PX | EXAT | PXAT time | PERSIST] FIELDS count field [field …] -> array of bulk
/// strings and nulls. Errors: WRONGTYPE, time, FIELDS. Cost: O(number of fields).
void cmd_hgetex(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_read(key);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto request = read_getex(ctx, args);
  if (!request)
    return;
  if (!at)
    return reply_nulls(ctx, request->fields.size());
  opened<hash> value{ctx, key, at};
  field_replay changed;
  ctx.reply.array(request->fields.size());
  for (const auto field : request->fields) {
    const auto found = field_to_change(ctx, key, *value, field);
    if (!found) {
      ctx.reply.null();
      continue;
    }
    ctx.reply.bulk(found->value);
    if (change_field(ctx, *value, field, *request))
      changed.add(field);
  }
  if (changed.size() == 0)
    return value.settle();
  announce(ctx, key, at, *value);
  tell_getex(ctx, key, value, *request, changed);
}

/// HGETDEL key FIELDS count field [field …] -> array of bulk strings and nulls
/// Errors: WRONGTYPE, FIELDS. Cost: O(number of fields).
void cmd_hgetdel(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_read(key);
  if (at && is_not<hash>(ctx, at))
    return;
  const auto fields = read_fields(ctx, args, 2, errors::field_count_not_positive);
  if (!fields)
    return;
  if (!at)
    return reply_nulls(ctx, fields->size());
  opened<hash> value{ctx, key, at};
  field_replay deleted;
  ctx.reply.array(fields->size());
  for (const auto field : *fields) {
    const auto found = field_to_change(ctx, key, *value, field);
    if (!found) {
      ctx.reply.null();
      continue;
    }
    ctx.reply.bulk(found->value);
    value->erase(field);
    deleted.add(field);
  }
  if (deleted.size() == 0)
    return value.settle();
  value.close(event_class::hash, "hdel", deleted.size());
  deleted.replay_deletion(ctx, key);
}

/// HSETEX key [FNX | FXX] [EX | PX | EXAT | PXAT time | KEEPTTL] FIELDS count field value
/// [field value …] -> 1 | 0 (the condition is not met)
/// Errors: WRONGTYPE, options, time, FIELDS. Cost: O(number of fields).
void cmd_hsetex(command_context& ctx, arguments args) {
  const auto request = read_setex(ctx, args);
  if (!request)
    return;
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  const bool in_time = request->expire_at_ms && *request->expire_at_ms > ctx.now.ms;
  {
    opened<hash> value{ctx, key, at};
    if (!is_met(*request, *value, ctx.now.ms))
      return ctx.reply.integer(0);
    set_all(ctx, key, *value, *request);
    announce(ctx, key, at, *value);
    value.close(event_class::hash, "hset", request->pairs.size() / 2);
  }
  if (in_time) {
    ctx.also(event_class::hash, "hexpire", key);
    replay_setex(ctx, key, *request);
  } else if (request->expire_at_ms) {
    delete_again(ctx, key, at, *request);
  }
  ctx.reply.integer(1);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec hgetex_keys[] = {
  {.flags = key_rw | key_access | key_update, .position = 1,
   .notes = "RW and UPDATE because it changes the TTL"},
};

constexpr command_spec hash_getset_table[] = {
  {.name = "hgetdel", .arity = -5, .flags = write | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_access | key_delete>, .route = way::single, .run = cmd_hgetdel,
   .group = command_group::hash, .since = "8.0.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the values of fields and deletes the fields.",
   .syntax = "key <FIELDS fields{numfields:integer field...}>"},
  {.name = "hgetex", .arity = -5, .flags = write | fast, .acl = acl_hash, .keys = hgetex_keys,
   .route = way::single, .run = cmd_hgetex, .group = command_group::hash, .since = "8.0.0",
   .complexity = "O(N) where N is the number of specified fields",
   .summary = "Replies with the values of fields and changes the fields' time to live.",
   .syntax =
     "key [expiration(EX seconds:integer|PX milliseconds:integer|EXAT "
     "unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|PERSIST)] "
     "<FIELDS fields{numfields:integer field...}>"},
  {.name = "hsetex", .arity = -6, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_update>, .route = way::single, .run = cmd_hsetex,
   .group = command_group::hash, .since = "8.0.0",
   .complexity = "O(N) where N is the number of fields being set.",
   .summary = "Sets fields of a hash together with their time to live.",
   .syntax =
     "key [condition(FNX|FXX)] [expiration(EX seconds:integer|PX milliseconds:integer|EXAT "
     "unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|KEEPTTL)] "
     "<FIELDS fields{numfields:integer data{field value}...}>"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hash_getset_rows() noexcept {
  return hash_getset_table;
}

} // namespace thespis::commands
