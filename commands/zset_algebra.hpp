#pragma once

/// Union, intersection and difference of scored inputs. Results come in order, (score, bytes of the
/// member), and their members are views of the inputs.
///
/// What comes out of a single input keeps that input's order, so a union sorts only the members
/// that several inputs have (and those of plain sets), and then merges; a difference sorts nothing.
///
/// Scores are added as Redis adds them: the smallest input first, and what would be NaN is 0.

#include "commands/zset_inputs.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace thespis::commands {

struct scored_member {
  std::string_view member;
  double score;

  friend bool operator<(const scored_member& a, const scored_member& b) noexcept {
    return a.score != b.score ? a.score < b.score : a.member < b.member;
  }
};
using scored_members = std::vector<scored_member>;

enum class aggregation : std::uint8_t { sum, min, max };

/// Cost: O(n) for n members of all inputs, and sorting those that several have.
scored_members unite(scored_inputs& inputs, aggregation how);
/// Cost: O(smallest input * inputs), and sorting the result.
scored_members intersect(scored_inputs& inputs, aggregation how);
/// What the first input has and no other one, with its scores. Cost: O(members of all inputs).
scored_members subtract(const scored_inputs& inputs);
/// How many members all inputs have, at most `limit` (0: no limit). Cost: as intersect.
std::size_t count_intersection(scored_inputs& inputs, std::size_t limit);

} // namespace thespis::commands
