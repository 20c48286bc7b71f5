#pragma once

/// Finds the places of a shape in a sorted set whose scores are geohashes.
///
/// A cell of the map is a range of scores, hence of ranks. A cell that the shape misses is left
/// out; one with many members is cut into its four cells, which is decided again for each; what
/// remains is looked at member by member. So the work depends on how many members are near the
/// shape's border and inside, not on how many share one of the nine cells that cover the shape.
/// Members come in the order of the cells of geo_cover and in each of them in that of the set, as
/// from Redis.

#include "types/geo_cover.hpp"
#include "types/geo_shape.hpp"
#include "types/geohash.hpp"
#include "types/sorted_set.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::types {

/// The 52 bits that a score stands for. A score that is no geohash has some bits, too, always the
/// same.
inline std::uint64_t geohash_bits(double score) noexcept {
  constexpr double limit = 0x1p63;
  if (score >= -limit && score < limit) [[likely]]
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(score));
  if (score >= limit && score < 2 * limit)
    return static_cast<std::uint64_t>(score);
  // What x86-64 makes of them, and so Redis there.
  return score > 0 ? 0 : std::uint64_t{1} << 63;
}

/// A member that a search found.
struct geo_match {
  std::string_view member;
  double score;
  /// From the center of the shape, in metres.
  double distance;
  /// Ascends in the order in which Redis finds members.
  std::uint64_t order;
};

enum class geo_search_order : std::uint8_t {
  /// As from Redis.
  by_cell,
  /// About: the nearest first. For who narrows the shape.
  nearest_first,
};

/// One search. The set must not change meanwhile. `Visitor`: bool(const geo_match&), which is
/// called for each member within the shape until it returns false, and may narrow the shape.
template <class Visitor>
class geo_search {
public:
  /// What it refers to outlives it.
  geo_search(const sorted_set& in, const geo_shape& shape, geo_search_order order,
             Visitor& visit) noexcept
    : in_(in), shape_(shape), order_(order), visit_(visit) {
  }

  void run() {
    const geo_cover cover{shape_};
    for (const auto& cell : cover) {
      if (!shape_.misses(cell)) {
        const auto range = cell.range();
        look_into(cell, below(range.first), below(range.end));
        look_at_pending();
      }
      if (done_)
        return;
      cells_before_ += std::uint64_t{1} << 32;
    }
  }

private:
  /// Cutting a cell takes about as long as looking at so many members.
  static constexpr std::size_t members_to_cut = 48;

  std::size_t below(std::uint64_t bits) const noexcept {
    return in_.count_below(static_cast<double>(bits), false);
  }

  /// The members of a cell are those from rank `first` to before `end`.
  void look_into(const geo_cell& cell, std::size_t first, std::size_t end) {
    if (end - first <= members_to_cut || cell.step == geo_step_max || in_.is_packed())
      return add_pending(first, end);
    const auto part = [&](std::uint64_t i) { return geo_cell{cell.bits << 2 | i, cell.step + 1}; };
    const std::size_t borders[] = {first, below(part(1).range().first),
                                   below(part(2).range().first), below(part(3).range().first), end};
    const auto nearest = order_ == geo_search_order::by_cell ? 0 : quarter_of_center(cell);
    for (std::uint64_t i = 0; i < 4 && !done_; ++i) {
      const auto quarter = i ^ nearest;
      if (borders[quarter] != borders[quarter + 1] && !shape_.misses(part(quarter)))
        look_into(part(quarter), borders[quarter], borders[quarter + 1]);
    }
  }
  /// The quarter of a cell that is nearest to the center of the shape, but for the earth's being
  /// round.
  std::uint64_t quarter_of_center(const geo_cell& cell) const noexcept {
    const auto middle = geo_cell{cell.bits << 2 | 3, cell.step + 1}.south_west();
    const auto center = shape_.center();
    return (center.longitude < middle.longitude ? 0u : 2u)
           | (center.latitude < middle.latitude ? 0u : 1u);
  }

  /// Ranges that follow each other are looked at together.
  void add_pending(std::size_t first, std::size_t end) {
    if (first != pending_end_ || order_ == geo_search_order::nearest_first) {
      look_at_pending();
      pending_first_ = first;
    }
    pending_end_ = end;
  }
  void look_at_pending() {
    const auto first = pending_first_;
    const auto count = pending_end_ - first;
    pending_first_ = pending_end_;
    if (count == 0 || done_)
      return;
    auto order = cells_before_ | first;
    in_.visit(first, count, false, [&](std::string_view member, double score) {
      const auto distance = shape_.distance_within(geohash_decode(geohash_bits(score)));
      done_ = distance && !visit_(geo_match{member, score, *distance, order});
      ++order;
      return !done_;
    });
  }

  const sorted_set& in_;
  const geo_shape& shape_;
  const geo_search_order order_;
  Visitor& visit_;
  std::uint64_t cells_before_ = 0;
  std::size_t pending_first_ = 0;
  std::size_t pending_end_ = 0;
  bool done_ = false;
};

} // namespace thespis::types
