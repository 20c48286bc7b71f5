#pragma once

/// Writes values in the RDB format: behind the type and the key in files, behind the type in the
/// payloads of DUMP. docs/rdb-format.md has the layouts.

#include "keyspace/entry.hpp"
#include "persistence/rdb_format.hpp"

#include <cstdint>
#include <string>

namespace thespis::persistence {

struct value_format {
  /// rdb-version; what a value needs may be more.
  std::uint16_t version = rdb_version_default;
  /// rdbcompression.
  bool compress = true;
  /// list-max-listpack-size.
  int list_packed_size = -2;
};

/// How the value will be written. Cost: O(1).
rdb_type written_type(const keyspace::entry& value, const value_format& how);
/// The lowest version in which such a value can be read.
std::uint16_t version_needed(rdb_type type) noexcept;

/// Writes the value, without its type. Throws std::bad_alloc. Cost: O(size of the value).
void append_value(std::string& out, const keyspace::entry& value, const value_format& how);

} // namespace thespis::persistence
