#include "commands/database_index.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

#include <limits>

namespace thespis::commands {

namespace errors = protocol::errors;

std::optional<int> read_database_index(keyspace::command_context& ctx, std::string_view text) {
  constexpr auto min = std::numeric_limits<int>::min();
  constexpr auto max = std::numeric_limits<int>::max();
  const auto index = base::parse_int64(text);
  if (!index)
    ctx.reply.error(errors::not_an_integer);
  else if (*index < min || *index > max)
    ctx.reply.error(errors::out_of_bounds(min, max));
  else if (*index < 0 || *index >= ctx.client.database_count)
    ctx.reply.error(errors::invalid_db_index);
  else
    return static_cast<int>(*index);
  return std::nullopt;
}

} // namespace thespis::commands
