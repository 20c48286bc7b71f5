#pragma once

/// Restores the data set from the files of a journal: base, then increments. Whatever stands in
/// them is run as a client's requests would be, with all event loops at work. The last file may be
/// torn, where the machine went down (aof-load-truncated).

#include "actors/core.hpp"
#include "actors/journal_files.hpp"
#include "base/result.hpp"
#include "persistence/journal_format.hpp"

#include <cstdint>

namespace thespis::actors {

struct replayed_journal {
  /// False: it was given up because the store is to end.
  bool is_complete = true;
  /// Of the next record.
  persistence::log_number next = 1;
  /// How much of the last increment counts.
  std::uint64_t whole_until = 0;
  /// Whether the last increment has frames, or nothing at all.
  bool is_framed = true;
};

/// Returns when all is there. The fault says what is wrong with which file and where; the store is
/// of no use then. REQUIRES: the caller is on no event loop; gate_loading is up; there are files.
base::result<replayed_journal> replay_journal(core& into, const journal_files& files);

} // namespace thespis::actors
