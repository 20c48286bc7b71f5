#pragma once

/// A stream in the RDB format: its blocks as listpacks, its counters, its groups.

#include "persistence/value_writer.hpp"
#include "types/stream.hpp"

namespace thespis::persistence {

/// When the consumer was last seen who owns the pending entries that nobody owns (XNACK): the
/// format does not know such entries. Of those who exist nobody was seen then.
inline constexpr std::int64_t nobody_seen_ms = 0;

/// What stands in front of the entries of a block, and of each entry.
enum stream_entry_flags : std::int64_t { entry_deleted = 1, entry_same_fields = 2 };

/// Throws std::bad_alloc. Cost: O(size).
void append_stream(std::string& out, const types::stream& value, const value_format& how);

} // namespace thespis::persistence
