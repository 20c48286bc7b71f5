/// Strings as numbers. Integers are 64 bits wide and never wrap; floats are of the x87's extended
/// precision and printed with at most 17 digits behind the point, so that 10.5 + 0.1 is 10.6.

#include "base/number.hpp"
#include "base/seeded_fault.hpp"
#include "commands/key_changes.hpp"
#include "commands/rows.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

void increment(command_context& ctx, std::string_view key, std::int64_t by) {
  auto at = ctx.find_to_write(key);
  std::int64_t value = 0;
  const bool found{at};
  if (found) {
    if (is_wrong_type(ctx, at))
      return;
    const auto old = integer_of(*at);
    if (!old)
      return ctx.reply.error(errors::not_an_integer);
    value = *old;
  }
  if (__builtin_add_overflow(value, by, &value))
    return ctx.reply.error(errors::increment_overflow);
  ctx.db(key).set_integer(at, base::seeded("incr_counts_twice", 50) ? value + by : value, true);
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  ctx.did(event_class::string, "incrby", key);
  ctx.reply.integer(value);
}

/// The number at `key`, 0 if there is none. Empty: an error has been replied.
std::optional<long double> float_at(command_context& ctx, const keyspace::database::slot& at) {
  if (!at)
    return 0.0L;
  if (is_wrong_type(ctx, at))
    return std::nullopt;
  char scratch[24];
  const auto value = base::parse_long_double(at->text(scratch));
  if (!value)
    ctx.reply.error(errors::not_a_float);
  return value;
}

} // namespace

/// INCR key -> the new value. Errors: WRONGTYPE, no integer, overflow. Cost: O(1).
void cmd_incr(command_context& ctx, arguments args) {
  increment(ctx, args[1], 1);
}

/// DECR key -> the new value. Errors: WRONGTYPE, no integer, overflow. Cost: O(1).
void cmd_decr(command_context& ctx, arguments args) {
  increment(ctx, args[1], -1);
}

/// INCRBY key increment -> the new value. Errors: WRONGTYPE, no integer, overflow. Cost: O(1).
void cmd_incrby(command_context& ctx, arguments args) {
  const auto by = base::parse_int64(args[2]);
  if (!by)
    return ctx.reply.error(errors::not_an_integer);
  increment(ctx, args[1], *by);
}

/// DECRBY key decrement -> the new value. Errors: WRONGTYPE, no integer, overflow. Cost: O(1).
void cmd_decrby(command_context& ctx, arguments args) {
  const auto by = base::parse_int64(args[2]);
  if (!by)
    return ctx.reply.error(errors::not_an_integer);
  if (*by == std::numeric_limits<std::int64_t>::min())
    return ctx.reply.error(errors::decrement_overflow);
  increment(ctx, args[1], -*by);
}

/// INCRBYFLOAT key increment -> the new value as a bulk string
/// Errors: WRONGTYPE, no float, a result that is infinite. Cost: O(1).
void cmd_incrbyfloat(command_context& ctx, arguments args) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  const auto old = float_at(ctx, at);
  if (!old)
    return;
  const auto by = base::parse_long_double(args[2]);
  if (!by)
    return ctx.reply.error(errors::not_a_float);
  const long double value = *old + *by;
  if (!std::isfinite(value))
    return ctx.reply.error(errors::increment_not_finite);
  char digits[base::long_double_chars_max];
  const auto text = base::format_long_double(value, digits);
  // First, because the longest ones may find no memory, and then nothing must have changed.
  ctx.reply.bulk(text);
  store_string(ctx, key, at, text, true, "incrbyfloat");
  // Another machine's arithmetic may differ in the last digit.
  ctx.replay_as(key, {"SET", key, text, "KEEPTTL"});
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr command_spec string_number_table[] = {
  {.name = "decr", .arity = 2, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_decr,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Takes one from the integer at a key; a missing key counts as 0.", .syntax = "key"},
  {.name = "decrby", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_decrby,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Takes a number from the integer at a key; a missing key counts as 0.",
   .syntax = "key decrement:integer"},
  {.name = "incr", .arity = 2, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_incr,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Adds one to the integer at a key; a missing key counts as 0.", .syntax = "key"},
  {.name = "incrby", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single, .run = cmd_incrby,
   .group = command_group::string, .since = "1.0.0", .complexity = "O(1)",
   .summary = "Adds a number to the integer at a key; a missing key counts as 0.",
   .syntax = "key increment:integer"},
  {.name = "incrbyfloat", .arity = 3, .flags = write | denyoom | fast, .acl = acl_string,
   .keys = key_at<1, key_rw | key_access | key_update>, .route = way::single,
   .run = cmd_incrbyfloat, .group = command_group::string, .since = "2.6.0", .complexity = "O(1)",
   .summary = "Adds a floating point number to the number at a key; a missing key counts as 0.",
   .syntax = "key increment:double"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> string_number_rows() noexcept {
  return string_number_table;
}

} // namespace thespis::commands
