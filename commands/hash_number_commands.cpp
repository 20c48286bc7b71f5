/// Fields of hashes as numbers, by the rules of INCRBY and INCRBYFLOAT. A field's expiry stays.

#include "base/number.hpp"
#include "commands/hash_value.hpp"
#include "commands/rows.hpp"
#include "protocol/errors.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
using types::hash;
namespace errors = protocol::errors;

/// HINCRBY key field increment -> the new value
/// Errors: WRONGTYPE, no integer, overflow. Cost: O(1).
void cmd_hincrby(command_context& ctx, arguments args) {
  const auto by = base::parse_int64(args[3]);
  if (!by)
    return ctx.reply.error(errors::not_an_integer);
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  opened<hash> value{ctx, key, at};
  const auto old = field_to_change(ctx, key, *value, args[2]);
  const auto old_number = old ? base::parse_int64(old->value) : std::int64_t{0};
  if (!old_number)
    return ctx.reply.error(errors::hash_value_not_an_integer);
  std::int64_t number = 0;
  if (__builtin_add_overflow(*old_number, *by, &number))
    return ctx.reply.error(errors::increment_overflow);
  char digits[24];
  set_field(ctx, key, *value, args[2], base::format_int64(number, digits), true);
  value.close(event_class::hash, "hincrby");
  ctx.reply.integer(number);
}

/// HINCRBYFLOAT key field increment -> the new value as a bulk string
/// Errors: WRONGTYPE, no float, a result that is infinite. Cost: O(1).
void cmd_hincrbyfloat(command_context& ctx, arguments args) {
  const auto by = base::parse_long_double(args[3]);
  if (!by)
    return ctx.reply.error(errors::not_a_float);
  if (!std::isfinite(*by))
    return ctx.reply.error(errors::increment_is_not_finite);
  const auto key = args[1];
  const auto field = args[2];
  auto at = ctx.find_to_write(key);
  if (at && is_not<hash>(ctx, at))
    return;
  opened<hash> value{ctx, key, at};
  const auto old = field_to_change(ctx, key, *value, field);
  const auto old_number = old ? base::parse_long_double(old->value) : 0.0L;
  if (!old_number)
    return ctx.reply.error(errors::hash_value_not_a_float);
  const bool expires = old && old->expires();
  const long double number = *old_number + *by;
  if (!std::isfinite(number))
    return ctx.reply.error(errors::increment_not_finite);
  char digits[base::long_double_chars_max];
  const auto text = base::format_long_double(number, digits);
  set_field(ctx, key, *value, field, text, true);
  value.close(event_class::hash, "hincrbyfloat");
  // Another machine's arithmetic may differ in the last digit.
  if (expires)
    ctx.replay_as(key, {"HSETEX", key, "KEEPTTL", "FIELDS", "1", field, text});
  else
    ctx.replay_as(key, {"HSET", key, field, text});
  ctx.reply.bulk(text);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec hash_number_table[] = {
  {.name = "hincrby", .arity = 4, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_hincrby,
   .group = command_group::hash, .since = "2.0.0", .complexity = "O(1)",
   .summary = "Adds a number to the integer in a field; a missing field counts as 0.",
   .syntax = "key field increment:integer"},
  {.name = "hincrbyfloat", .arity = 4, .flags = write | denyoom | fast, .acl = acl_hash,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single,
   .run = cmd_hincrbyfloat, .group = command_group::hash, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Adds a floating point number to the number in a field; a missing field counts as 0.",
   .syntax = "key field increment:double"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> hash_number_rows() noexcept {
  return hash_number_table;
}

} // namespace thespis::commands
