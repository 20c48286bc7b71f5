#include "commands/field_list.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

std::optional<arguments> read_fields(command_context& ctx, arguments args, std::size_t at,
                                     std::string_view bad_count) {
  const auto refuse = [&](std::string_view why) {
    ctx.reply.error(why);
    return std::nullopt;
  };
  if (at >= args.size() || !equals_nocase(args[at], "fields"))
    return refuse(errors::fields_missing);
  if (at + 1 == args.size())
    return refuse(errors::wrong_arity(ctx.spec->name));
  const auto count = base::parse_int64(args[at + 1]);
  if (!count || *count < 1)
    return refuse(bad_count);
  const auto fields = args.subspan(at + 2);
  if (static_cast<std::uint64_t>(*count) != fields.size())
    return refuse(errors::field_count_mismatch);
  return fields;
}

std::optional<std::int64_t> read_field_time(command_context& ctx, std::string_view text,
                                            time_notation how) {
  constexpr std::int64_t latest_ms = ((std::int64_t{1} << 48) - 2) >> 2;
  const auto value = base::parse_int64(text);
  if (!value) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  if (*value < 0) {
    ctx.reply.error(errors::negative_expire_time);
    return std::nullopt;
  }
  const auto unit_ms = how.unit == time_unit::seconds ? 1000 : 1;
  const auto from_ms = how.origin == time_origin::now ? ctx.now.ms : 0;
  if (*value > latest_ms / unit_ms || *value * unit_ms > latest_ms - from_ms) {
    ctx.reply.error(errors::invalid_expire_time(ctx.spec->name));
    return std::nullopt;
  }
  return *value * unit_ms + from_ms;
}

void field_replay::replay(command_context& ctx, std::string_view command, std::string_view key,
                          std::initializer_list<std::string_view> head) const {
  char digits[24];
  std::vector<std::string_view> words{command, key};
  words.insert(words.end(), head.begin(), head.end());
  words.insert(words.end(), {"FIELDS", base::format_uint64(fields_.size(), digits)});
  words.insert(words.end(), fields_.begin(), fields_.end());
  ctx.replay_as(key, words);
}

void field_replay::replay_deletion(command_context& ctx, std::string_view key) const {
  std::vector<std::string_view> words{"HDEL", key};
  words.insert(words.end(), fields_.begin(), fields_.end());
  ctx.replay_as(key, words);
}

} // namespace thespis::commands
