#pragma once

/// A small sorted set in a packed_list: member, score (8 bytes as the machine has them), member,
/// score … by (score, bytes of the member). These are the searches and changes; the list is the
/// caller's. All cost O(n). What throws std::bad_alloc changed nothing.
///
/// -0 becomes 0 here, as in Redis' packed sets, which write whole scores as integers.

#include "types/packed_list.hpp"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace thespis::types::packed_ranking {

inline std::size_t size(const packed_list& list) noexcept {
  return list.size() / 2;
}
/// REQUIRES: `at` is a member's place.
inline double score_at(packed_list::iterator at) noexcept {
  const auto bytes = *++at;
  double score;
  std::memcpy(&score, bytes.data(), sizeof score);
  return score;
}
/// The member's place, or the list's end.
inline packed_list::iterator find(const packed_list& list, std::string_view member) noexcept {
  return list.find(member, 2);
}
/// REQUIRES: rank <= size(list).
inline packed_list::iterator at(const packed_list& list, std::size_t rank) noexcept {
  return list.at(rank * 2);
}
std::size_t rank_of(const packed_list& list, packed_list::iterator at) noexcept;
/// As rank_tree::count_below.
std::size_t count_below(const packed_list& list, double score, bool or_equal) noexcept;
std::size_t count_below(const packed_list& list, std::string_view member, bool or_equal) noexcept;

/// REQUIRES: `member` is neither in the list nor a view of it.
void insert(packed_list& list, std::string_view member, double score);
/// Keeps the number of bytes, so it needs no memory.
void set_score(packed_list& list, packed_list::iterator at, double score) noexcept;

} // namespace thespis::types::packed_ranking
