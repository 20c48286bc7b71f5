#pragma once

/// Loads a file into a store that has nothing yet, with all event loops at work: this thread finds
/// the entries, partitions read their values. Clients are told that the server is loading.

#include "actors/core.hpp"
#include "base/result.hpp"

#include <string>

namespace thespis::actors {

/// Returns when all is there, or false as soon as the store is to end. The fault says what is wrong
/// with the file and where; the store is of no use then. REQUIRES: the caller is on no event loop;
/// gate_loading is up.
base::result<bool> load_dataset(core& into, const std::string& path);

} // namespace thespis::actors
