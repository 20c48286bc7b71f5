#pragma once

/// How many event loops and partitions a store has. Whoever needs to know before the store is made
/// asks here, so that all get the same answer.

#include "base/options.hpp"

#include <cstddef>

namespace thespis::actors {

/// The setting `threads`; 0 means one per core.
std::size_t loop_count_of(const base::options& settings);

/// The setting `partitions`; 0 means one per event loop.
std::size_t partition_count_of(const base::options& settings, std::size_t loops);

} // namespace thespis::actors
