#pragma once

/// Reads values in the RDB format, as all versions write them, element by element into values of
/// our own: a block of bytes is never taken over. What it reads may be anything (RESTORE): lengths,
/// order, uniqueness and ownership are checked. docs/rdb-format.md has the layouts.

#include "base/result.hpp"
#include "keyspace/shard.hpp"
#include "persistence/rdb_format.hpp"
#include "persistence/rdb_reader.hpp"
#include "persistence/restored_value.hpp"

#include <cstdint>

namespace thespis::persistence {

/// What values are read with.
struct value_context {
  /// Up to what collections are packed.
  const keyspace::access_settings& settings;
  std::int64_t now_ms = 0;
};

/// The value that follows its type. The fault says what is wrong with it; then the reader is of no
/// further use. Throws std::bad_alloc. Cost: O(length), times log n for what is sorted.
base::result<restored_value> read_value(rdb_reader& in, rdb_type type, const value_context& with);

} // namespace thespis::persistence
