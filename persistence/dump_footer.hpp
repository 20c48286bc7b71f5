#pragma once

/// What stands behind the payloads of DUMP and FUNCTION DUMP:
///
///     | content | version of RDB, 2 bytes | CRC-64 of all before it, 8 bytes |     little endian
///
/// Source: Redis, "DUMP".

#include "persistence/rdb_format.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// `version`: the lowest one in which that content is defined. Throws std::bad_alloc.
void append_dump_footer(std::string& content, std::uint16_t version = rdb_version_default);

/// REQUIRES: the payload has a footer.
std::uint16_t dump_version(std::string_view payload) noexcept;

/// The content of a payload; nothing: its version is too new, or it is not what was written, if
/// `verify` asks for that.
std::optional<std::string_view> without_dump_footer(std::string_view payload,
                                                    bool verify = true) noexcept;

} // namespace thespis::persistence
