#pragma once

/// What a correct server would do: a few keys and the requests of verb, one after the other,
/// without time. Source: the Redis commands' documentation.
///
/// A group's values are all of one type, which its requests imply: a string is one number, a list
/// is its elements in their order, a set its elements in ascending order. A key that does not exist
/// has none.

#include "tests/history/operation.hpp"

#include <cstdint>
#include <vector>

namespace thespis::history {

/// The values of a group's keys.
using store_state = std::vector<std::vector<std::int64_t>>;

/// Does what the call asks for and returns true, if its answer fits; otherwise the state is void.
bool perform(store_state& state, const call& what);

/// The same for all calls of an operation.
bool perform(store_state& state, const operation& what);

} // namespace thespis::history
