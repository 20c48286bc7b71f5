#pragma once

/// Goes past values in the RDB format without reading them, to find where the next one begins.

#include "persistence/rdb_format.hpp"
#include "persistence/rdb_reader.hpp"

namespace thespis::persistence {

/// Returns whether there was a value of that type, as far as its outer form tells. Cost: O(number
/// of elements).
bool skip_value(rdb_reader& in, rdb_type type) noexcept;

} // namespace thespis::persistence
