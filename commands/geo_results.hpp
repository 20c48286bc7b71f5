#pragma once

/// What a search by place yields, found, limited and sorted, and how it is replied.

#include "commands/geo_query.hpp"
#include "protocol/reply_writer.hpp"
#include "types/geo_search.hpp"
#include "types/sorted_set.hpp"

#include <vector>

namespace thespis::commands {

/// The members that the query asks for, in the order of the reply; they view the set. Narrows the
/// query's shape. REQUIRES: the query has a shape. Cost: O(log n + members near the shape's border
/// + found); a limited number of nearest ones is kept in a heap, and what is farther away than all
/// of them is not looked at.
std::vector<types::geo_match> find_matches(const types::sorted_set& in, geo_query& query);

/// Members, or arrays of a member and what is known of it.
void reply_matches(protocol::reply_writer& reply, const std::vector<types::geo_match>& matches,
                   const geo_query& query);

} // namespace thespis::commands
