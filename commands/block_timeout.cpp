#include "commands/block_timeout.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

#include <cmath>
#include <limits>

namespace thespis::commands {

namespace errors = protocol::errors;

std::optional<std::int64_t> read_block_timeout(keyspace::command_context& ctx,
                                               std::string_view word) {
  constexpr auto ms_max = std::numeric_limits<std::int64_t>::max();
  const auto refuse = [&](std::string_view why) {
    ctx.reply.error(why);
    return std::nullopt;
  };
  const auto seconds = base::parse_long_double(word);
  if (!seconds)
    return refuse(errors::timeout_not_a_float);
  const auto ms = std::ceil(*seconds * 1000);
  if (ms > static_cast<long double>(ms_max))
    return refuse(errors::timeout_out_of_range);
  if (ms < 0)
    return refuse(errors::timeout_negative);
  if (ms == 0)
    return 0;
  const auto whole = static_cast<std::int64_t>(ms);
  if (whole > ms_max - ctx.now.ms)
    return refuse(errors::timeout_out_of_range);
  return ctx.now.ms + whole;
}

} // namespace thespis::commands
