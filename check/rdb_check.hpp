#pragma once

/// Verifies an RDB file as the server's start does: the form of the file, every value element by
/// element, the checksum. Unlike there nothing is kept, but for a digest of each key.

#include "check/verdict.hpp"
#include "persistence/input_window.hpp"

#include <cstdint>

namespace thespis::check {

/// Reads up to the end of the RDB part, and prints what is there, or what is wrong and where. What
/// had expired at `now_ms` (Unix time) is counted. Throws std::bad_alloc. Cost: O(bytes).
verdict check_rdb(persistence::input_window& file, std::int64_t now_ms);

} // namespace thespis::check
