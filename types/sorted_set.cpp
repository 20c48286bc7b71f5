#include "types/sorted_set.hpp"

#include <memory>

namespace thespis::types {

sorted_set::~sorted_set() {
  if (is_packed())
    packed_list::adopt(release());
  else
    delete &ranked();
}

sorted_set sorted_set::copy() const {
  sorted_set made;
  if (is_packed())
    made.word_ = reinterpret_cast<std::uintptr_t>(packed_access { *this } -> copy().release());
  else
    made.word_ = reinterpret_cast<std::uintptr_t>(ranked().copy().release()) | ranked_tag;
  return made;
}

std::size_t sorted_set::size() const noexcept {
  return is_packed() ? packed_ranking::size(*packed_access{*this}) : ranked().size();
}

std::size_t sorted_set::memory_bytes() const noexcept {
  return is_packed() ? packed_access {
    *this
    } -> memory_bytes() : ranked().memory_bytes();
}

std::optional<base::table_statistics> sorted_set::statistics() const {
  if (is_packed())
    return std::nullopt;
  return ranked().statistics();
}

// -- look-up -------------------------------------------------------------------------------------

sorted_set::place sorted_set::find(std::string_view member) const noexcept {
  place result;
  if (!is_packed()) {
    result.item_ = ranked().find(member);
    result.found_ = result.item_.item != nullptr;
    if (result.found_)
      result.score_ = result.item_.item->score();
    return result;
  }
  packed_access list{*this};
  result.packed_ = packed_ranking::find(*list, member);
  result.found_ = result.packed_ != list->end();
  if (result.found_)
    result.score_ = packed_ranking::score_at(result.packed_);
  return result;
}

std::size_t sorted_set::rank_of(const place& at) const noexcept {
  return is_packed() ? packed_ranking::rank_of(*packed_access{*this}, at.packed_)
                     : ranked().order().rank_of(at.item_.item);
}

std::size_t sorted_set::count_below(double score, bool or_equal) const noexcept {
  return is_packed() ? packed_ranking::count_below(*packed_access{*this}, score, or_equal)
                     : ranked().order().count_below(score, or_equal);
}

std::size_t sorted_set::count_below(std::string_view member, bool or_equal) const noexcept {
  return is_packed() ? packed_ranking::count_below(*packed_access{*this}, member, or_equal)
                     : ranked().order().count_below(member, or_equal);
}

// -- change --------------------------------------------------------------------------------------

void sorted_set::insert(place& at, std::string_view member, double score,
                        const packed_limits& limits) {
  if (is_packed()) {
    if (size() + 1 <= limits.entries && member.size() <= limits.element_bytes
        && packed_access { *this } -> used_bytes() + member.size() + 32 <= packed_list::bytes_max)
      return packed_ranking::insert(*packed_access{*this}, member, score);
    become_ranked();
    at = find(member);
  }
  ranked().insert(at.item_, member, score);
}

void sorted_set::set_score(place& at, double score) {
  if (is_packed())
    packed_ranking::set_score(*packed_access{*this}, at.packed_, score);
  else
    ranked().set_score(at.item_, score);
}

void sorted_set::erase(place& at) noexcept {
  if (is_packed())
    packed_access {
      *this
      } -> erase(at.packed_, 2);
  else
    ranked().erase(at.item_);
}

void sorted_set::erase_range(std::size_t rank, std::size_t count) noexcept {
  if (count == 0)
    return;
  if (!is_packed())
    return ranked().erase_range(rank, count);
  packed_access list{*this};
  list->erase(packed_ranking::at(*list, rank), count * 2);
}

void sorted_set::expect(std::size_t members, std::size_t member_bytes,
                        const packed_limits& limits) {
  if (is_packed() && (members > limits.entries || member_bytes > limits.element_bytes))
    become_ranked();
}

void sorted_set::become_ranked() {
  auto made = std::make_unique<ranked_items>();
  visit_all([&](std::string_view member, double score) { made->insert(member, score); });
  packed_list::adopt(release());
  word_ = reinterpret_cast<std::uintptr_t>(made.release()) | ranked_tag;
}

} // namespace thespis::types
