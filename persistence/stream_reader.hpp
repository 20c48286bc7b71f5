#pragma once

/// A stream in each of the forms that RDB files have for it.

#include "persistence/value_reader.hpp"
#include "types/stream.hpp"

namespace thespis::persistence {

/// Throws broken_value (persistence/reading.hpp), std::bad_alloc.
types::stream read_stream(rdb_reader& in, rdb_type type, const value_context& with);

} // namespace thespis::persistence
