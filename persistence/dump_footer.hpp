#pragma once

/// What stands behind the payloads of DUMP and FUNCTION DUMP:
///
///     | content | version of RDB, 2 bytes | CRC-64 of all before it, 8 bytes |     little endian
///
/// Source: Redis, "DUMP".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// The newest version that is read: that of Redis 7.2.
inline constexpr std::uint16_t rdb_version_max = 11;
/// What is written: Redis 7.0 and later read it.
inline constexpr std::uint16_t rdb_version_written = 10;

/// Throws std::bad_alloc.
void append_dump_footer(std::string& content);

/// The content of a payload; nothing: its version is too new, or it is not what was written.
std::optional<std::string_view> without_dump_footer(std::string_view payload) noexcept;

} // namespace thespis::persistence
