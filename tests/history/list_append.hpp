#pragma once

/// Whether transactions that append unique elements to lists, and read whole lists, are strictly
/// serializable: whether there is an order of all of them that explains what each of them read, and
/// contradicts neither time nor the order of any client's own.
///
/// A list shows the order of the writes that made it, so that no search is needed: the longest read
/// of a list is the order of its appends, every other read says where it stands in that order, and
/// from this follows which transaction was before which (dependencies.hpp). What cannot be in any
/// order is found on the way: elements that were never appended, or by a transaction that did not
/// happen (G1a), half of a transaction's appends (G1b), elements that come twice or get lost, reads
/// that contradict each other. Source: Kingsbury and Alvaro, "Elle".
///
/// Cost: linear in all that was read.

#include "tests/history/operation.hpp"

#include <cstddef>
#include <vector>

namespace thespis::history {

/// `history`: operations with the calls rpush (of one element each), lrange and expect (a list that
/// was read under WATCH), in any order. An element is appended once in all of it. Lists are empty
/// at first.
std::vector<anomaly> check_list_append(const std::vector<operation>& history, std::size_t keys);

} // namespace thespis::history
