#pragma once

/// Loads a file into a store that has nothing yet, with all event loops at work: this thread finds
/// the entries, partitions read their values. Clients are told that the server is loading.

#include "actors/core.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace thespis::actors {

/// What becomes of entries that have expired.
enum class expired_entries : std::uint8_t {
  go,
  /// What is done to them is still to come.
  stay,
};

/// Returns when all is there, or false as soon as the store is to end. The fault says what is wrong
/// with the file and where; the store is of no use then. REQUIRES: the caller is on no event loop;
/// gate_loading is up.
/// `end`: gets where the data set ends in the file.
base::result<bool> load_dataset(core& into, const std::string& path,
                                expired_entries expired = expired_entries::go,
                                std::uint64_t* end = nullptr);

} // namespace thespis::actors
