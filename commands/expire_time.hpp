#pragma once

/// Times at which keys expire, as commands write them: seconds or milliseconds, from now or as Unix
/// time. All become Unix time in milliseconds. What cannot be told in 64 bits is an error, never a
/// wrapped number.

#include "keyspace/command_context.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

enum class time_unit : std::uint8_t { seconds, milliseconds };
enum class time_origin : std::uint8_t { now, epoch };

/// The way in which one option or command tells a time.
struct time_notation {
  time_unit unit;
  time_origin origin;
};

inline constexpr time_notation relative_seconds{time_unit::seconds, time_origin::now};
inline constexpr time_notation relative_milliseconds{time_unit::milliseconds, time_origin::now};
inline constexpr time_notation unix_seconds{time_unit::seconds, time_origin::epoch};
inline constexpr time_notation unix_milliseconds{time_unit::milliseconds, time_origin::epoch};

/// For SET and its kin: the time must be positive. Returns Unix time in milliseconds.
/// Empty: an error has been replied that names the command (`ctx.spec`).
std::optional<std::int64_t> read_positive_time(keyspace::command_context& ctx,
                                               std::string_view text, time_notation how);

/// For EXPIRE and its kin: negative times are allowed, they lie in the past.
/// Empty: an error has been replied.
std::optional<std::int64_t> read_time(keyspace::command_context& ctx, std::string_view text,
                                      time_notation how);

} // namespace thespis::commands
