#include "commands/expire_time.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using keyspace::command_context;
namespace errors = protocol::errors;

namespace {

/// Unix time in milliseconds, or empty where 64 bits do not hold it.
std::optional<std::int64_t> to_unix_ms(std::int64_t value, time_notation how, std::int64_t now_ms) {
  if (how.unit == time_unit::seconds && __builtin_mul_overflow(value, 1000, &value))
    return std::nullopt;
  if (how.origin == time_origin::now && __builtin_add_overflow(value, now_ms, &value))
    return std::nullopt;
  return value;
}

std::nullopt_t refuse(command_context& ctx) {
  ctx.reply.error(errors::invalid_expire_time(ctx.spec->name));
  return std::nullopt;
}

} // namespace

std::optional<std::int64_t> read_positive_time(command_context& ctx, std::string_view text,
                                               time_notation how) {
  const auto value = base::parse_int64(text);
  if (!value) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  const auto at_ms = *value > 0 ? to_unix_ms(*value, how, ctx.now.ms) : std::nullopt;
  return at_ms ? at_ms : refuse(ctx);
}

std::optional<std::int64_t> read_time(command_context& ctx, std::string_view text,
                                      time_notation how) {
  const auto value = base::parse_int64(text);
  if (!value) {
    ctx.reply.error(errors::not_an_integer);
    return std::nullopt;
  }
  const auto at_ms = to_unix_ms(*value, how, ctx.now.ms);
  return at_ms ? at_ms : refuse(ctx);
}

} // namespace thespis::commands
