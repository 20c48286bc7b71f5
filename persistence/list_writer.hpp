#pragma once

/// A list in the RDB format: nodes of a quicklist, each a listpack within the limits of
/// list-max-listpack-size, or a single element that is too long for one.

#include "persistence/value_writer.hpp"
#include "types/list.hpp"

namespace thespis::persistence {

/// Throws std::bad_alloc. Cost: O(size).
void append_list(std::string& out, const types::list& value, const value_format& how);

} // namespace thespis::persistence
