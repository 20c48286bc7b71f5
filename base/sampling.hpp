#pragma once

/// Picking some out of many by chance, each choice of so many with the same probability.
///
/// Different ones are found in one of two ways, whichever costs less (`are_few`): single picks, of
/// which those that come again are left out (visit_distinct), or a walk past all of them that takes
/// some (selection). The order of the first is random too, that of the second is the walk's.
///
/// Source of the walk: Knuth, "The Art of Computer Programming" 3.4.2, algorithm S.

#include "base/random.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace thespis::base {

/// Whether so few are wanted that single picks cost less than a walk. Then at most every third pick
/// is in vain.
constexpr bool are_few(std::size_t wanted, std::size_t size) noexcept {
  return wanted < size / 3;
}

/// Tells of one after the other whether to take it.
class selection {
public:
  /// REQUIRES: wanted <= size.
  selection(std::size_t wanted, std::size_t size, random_bits& random) noexcept
    : wanted_(wanted), left_(size), random_(random) {
  }
  bool take() noexcept {
    const auto taken = random_.below(left_--) < wanted_;
    wanted_ -= taken ? 1 : 0;
    return taken;
  }
  bool done() const noexcept {
    return wanted_ == 0;
  }

private:
  std::size_t wanted_;
  std::size_t left_;
  random_bits& random_;
};

/// Up to so many numbers, to ask whether one has been there. Throws std::bad_alloc.
class seen_numbers {
public:
  explicit seen_numbers(std::size_t count_max) : slots_(std::bit_ceil(count_max * 2 + 2)) {
  }
  /// Returns whether it is new. REQUIRES: not 2^64 - 1.
  bool add(std::uint64_t number) noexcept {
    const auto mask = slots_.size() - 1;
    // The upper bits of the product are the well mixed ones.
    auto at = (number * 0x9e3779b97f4a7c15u >> 32) & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask)
      if (slots_[at] == number + 1)
        return false;
    slots_[at] = number + 1;
    return true;
  }

private:
  /// Open addressing, at most half full; 0 is free.
  std::vector<std::uint64_t> slots_;
};

/// Calls visit(item) for `count` different items. `pick()` gives any of them, all with the same
/// probability; `number_of(item)` is a number of its own. Throws std::bad_alloc before the first
/// one. Cost: O(count) if they are few. REQUIRES: there are as many.
template <class Pick, class NumberOf, class Visitor>
void visit_distinct(std::size_t count, Pick&& pick, NumberOf&& number_of, Visitor&& visit) {
  seen_numbers seen{count};
  while (count > 0) {
    auto&& item = pick();
    if (!seen.add(number_of(item)))
      continue;
    visit(item);
    --count;
  }
}

/// Of a count below zero, which asks for picks of which each may be any item: how many. More than
/// that fit into no memory: throws std::bad_alloc.
inline std::size_t repeated_picks(std::int64_t count) {
  constexpr std::size_t most = std::size_t{1} << 36;
  const auto picks = 0 - static_cast<std::uint64_t>(count);
  if (picks > most)
    throw std::bad_alloc();
  return picks;
}

/// How many items a count asks for, of `size` that there are: below zero, so many picks.
inline std::size_t picks(std::int64_t count, std::size_t size) {
  return count < 0 ? repeated_picks(count) : std::min(static_cast<std::size_t>(count), size);
}

} // namespace thespis::base
