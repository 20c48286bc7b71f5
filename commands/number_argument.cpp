#include "commands/number_argument.hpp"

#include "base/number.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

namespace errors = protocol::errors;

std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::string_view complaint) {
  const auto value = base::parse_int64(word);
  if (!value)
    reply.error(complaint);
  return value;
}

std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::int64_t min, std::int64_t max,
                                         std::string_view complaint) {
  const auto value = base::parse_int64(word);
  if (value && *value >= min && *value <= max)
    return value;
  reply.error(complaint);
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::int64_t min, std::int64_t max) {
  const auto value = read_integer(reply, word, errors::not_an_integer);
  if (!value || (*value >= min && *value <= max))
    return value;
  reply.error(errors::out_of_bounds(min, max));
  return std::nullopt;
}

} // namespace thespis::commands
