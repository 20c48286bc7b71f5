#pragma once

/// Integers among the arguments of a request, with Redis' ways of refusing them.

#include "protocol/reply_writer.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace thespis::commands {

inline constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

/// Nothing: the error `complaint` has been replied.
std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::string_view complaint);

/// An integer from `min` to `max`; `complaint` also says that it is outside.
std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::int64_t min, std::int64_t max,
                                         std::string_view complaint);

/// An integer from `min` to `max`, with the general error texts.
std::optional<std::int64_t> read_integer(protocol::reply_writer& reply, std::string_view word,
                                         std::int64_t min, std::int64_t max);

} // namespace thespis::commands
