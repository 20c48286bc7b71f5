#pragma once

/// Verifies a file of the journal, or what follows an RDB file in one: frames and their checksums,
/// the numbers of records, MULTI and EXEC, and that the server has each command.

#include "check/verdict.hpp"
#include "persistence/input_window.hpp"
#include "persistence/journal_format.hpp"

#include <cstdint>

namespace thespis::check {

struct requests_outcome {
  verdict found = verdict::fine;
  /// The file ends in the middle of something: what is behind `whole_until` can be cut off.
  bool is_torn = false;
  std::uint64_t whole_until = 0;
  /// Of the last record; 0: not known.
  persistence::log_number last = 0;
};

/// Prints what is there, or what is wrong and where; a torn end is left to the caller to judge.
/// `after`: the last record of the files before. Throws std::bad_alloc. Cost: O(bytes).
requests_outcome check_requests(persistence::input_window& file, persistence::log_number after);

} // namespace thespis::check
