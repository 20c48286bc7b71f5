#include "types/packed_ranking.hpp"

#include <algorithm>

namespace thespis::types::packed_ranking {

namespace {

/// Whether the member at `at` is less than another. Scores are no NaN.
bool is_less(packed_list::iterator at, double score, std::string_view member) noexcept {
  const auto own = score_at(at);
  return own != score ? own < score : *at < member;
}

double without_sign_of_zero(double score) noexcept {
  return score + 0.0;
}

void skip_one(packed_list::iterator& at) noexcept {
  ++at;
  ++at;
}

/// The list's bytes are its own; who has the list may write them.
char* writable(const char* bytes) noexcept {
  return const_cast<char*>(bytes); // NOLINT
}

/// Where the bytes of a member with its score begin: in front of the length.
char* begin_of(packed_list::iterator at) noexcept {
  const auto member = *at;
  return writable(member.data() - (packed_list::element_bytes(member.size()) - member.size()));
}

/// Where they end: behind the score.
char* end_of(packed_list::iterator at) noexcept {
  const auto score = *++at;
  return writable(score.data() + score.size());
}

} // namespace

std::size_t rank_of(const packed_list& list, packed_list::iterator at) noexcept {
  std::size_t rank = 0;
  for (auto i = list.begin(); i != at; skip_one(i))
    ++rank;
  return rank;
}

std::size_t count_below(const packed_list& list, double score, bool or_equal) noexcept {
  std::size_t count = 0;
  for (auto i = list.begin(); i != list.end(); skip_one(i), ++count)
    if (const auto own = score_at(i); own > score || (own == score && !or_equal))
      break;
  return count;
}

std::size_t count_below(const packed_list& list, std::string_view member, bool or_equal) noexcept {
  std::size_t count = 0;
  for (auto i = list.begin(); i != list.end(); skip_one(i), ++count)
    if (const auto order = (*i).compare(member); order > 0 || (order == 0 && !or_equal))
      break;
  return count;
}

void insert(packed_list& list, std::string_view member, double score) {
  score = without_sign_of_zero(score);
  auto where = list.begin();
  while (where != list.end() && is_less(where, score, member))
    skip_one(where);
  list.insert(where, {member, {reinterpret_cast<const char*>(&score), sizeof score}});
}

void set_score(packed_list& list, packed_list::iterator at, double score) noexcept {
  score = without_sign_of_zero(score);
  const auto rises = score > score_at(at);
  auto* const begin = begin_of(at);
  auto* const end = end_of(at);
  const auto member = *at;
  std::memcpy(end - sizeof score, &score, sizeof score);
  if (rises) {
    auto* to = end;
    auto where = at;
    for (skip_one(where); where != list.end() && is_less(where, score, member); skip_one(where))
      to = end_of(where);
    std::rotate(begin, end, to);
  } else {
    auto where = list.begin();
    while (where != at && is_less(where, score, member))
      skip_one(where);
    std::rotate(begin_of(where), begin, end);
  }
}

} // namespace thespis::types::packed_ranking
