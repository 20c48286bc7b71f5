#pragma once

/// Whether a history of one group of keys is linearizable: whether there is an order of its
/// operations in which each has the answer that it got, and which contradicts neither the times
/// (what ended before another began is before it) nor the order of any client's own operations.
///
/// Found by search: of all operations that may be next, each is tried, and taken back where it
/// leads nowhere. What has been tried already is remembered as the set of operations that are done
/// and the state that they led to. Source: Wing and Gong, "Testing and Verifying Concurrent
/// Objects"; Lowe, "Testing for Linearizability" (the memory, and the list that operations are
/// lifted out of).
///
/// Cost: the worst is exponential in the number of operations at the same time; with answers that
/// tell values apart it is close to linear in the length.

#include "tests/history/operation.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace thespis::history {

struct linearizability {
  enum class verdict : std::uint8_t {
    yes,
    no,
    /// The search was given up.
    unknown,
  };
  verdict is = verdict::yes;
  /// Of a history that is not: how far the longest attempt came, and what then did not fit.
  std::string evidence{};
};

/// How many sets of operations are tried before the search is given up.
inline constexpr std::size_t attempts_max = 500'000;

/// `history` in any order; operations that were refused are left out. All keys are empty at first.
linearizability check_linearizability(std::vector<operation> history, std::size_t keys,
                                      std::size_t attempts = attempts_max);

} // namespace thespis::history
