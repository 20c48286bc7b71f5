#pragma once

/// What stands in front of the type of an entry, in any order:
///
///     | 252 time, 8 | 253 seconds, 4 | 248 idle: length | 249 frequency, 1 | type | key …
///
/// docs/rdb-format.md.

#include "persistence/rdb_format.hpp"
#include "persistence/rdb_reader.hpp"

#include <cstdint>
#include <optional>

namespace thespis::persistence {

struct entry_attributes {
  /// Unix time.
  std::optional<std::int64_t> expire_at_ms;
  std::optional<std::uint64_t> idle_seconds;
  std::optional<std::uint8_t> frequency;
  /// Of the value.
  rdb_type type = rdb_type::string;
};

/// Reads them, and the type, in that version. `first`: the byte that has been read. Throws
/// broken_value.
entry_attributes read_entry_attributes(rdb_reader& in, std::uint8_t first, std::uint16_t version);

} // namespace thespis::persistence
