#pragma once

/// Intersection, union and difference of sets, element by element: each calls bool
/// visit(set_element) for the result's elements, until it returns true, and returns whether it did.
/// Nothing is copied where look-ups alone will do.
///
/// The sets do not change meanwhile, and elements are views into them. REQUIRES: at least one set.
/// Throws std::bad_alloc.

#include "types/set.hpp"
#include "types/set_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace thespis::types {

/// Those that have members, each once, the smallest first.
std::vector<const set*> by_size(std::span<const set> sets);

/// How the difference of the first set and the others is found.
enum class difference : std::uint8_t {
  /// It has no elements.
  empty,
  /// Each member of the first is looked up in the others.
  by_look_up,
  /// Each member of the others is taken out of the first.
  by_removal,
};

/// As Redis chooses: the encoding of what SDIFFSTORE stores depends on it.
difference how_to_subtract(std::span<const set> sets) noexcept;

/// Cost: O(size of the smallest · number of sets).
template <class Visitor>
bool intersect(std::span<const set> sets, Visitor&& visit) {
  for (const auto& each : sets)
    if (each.empty())
      return false;
  const auto order = by_size(sets);
  return any_of_those(*order.front(), std::span{order}.subspan(1), {}, visit);
}

/// Cost: O(sum of sizes).
template <class Visitor>
bool unite(std::span<const set> sets, Visitor&& visit) {
  auto order = by_size(sets);
  std::vector<const set*> earlier;
  std::size_t members = 0;
  std::size_t look_ups = 0;
  for (auto next = order.rbegin(); next != order.rend(); ++next) {
    look_ups += (*next)->size() * static_cast<std::size_t>(next - order.rbegin());
    members += (*next)->size();
  }
  // Either each member is looked up in all the larger sets, or what was there is remembered.
  if (constexpr std::size_t few = 2; look_ups <= few * members) {
    for (auto next = order.rbegin(); next != order.rend(); ++next) {
      if (any_of_those(**next, {}, earlier, visit))
        return true;
      earlier.push_back(*next);
    }
    return false;
  }
  set seen;
  earlier.push_back(&seen);
  for (auto next = order.rbegin(); next != order.rend(); ++next)
    if (any_of_those(**next, {}, earlier, [&](set_element element) {
          seen.add_absent(element, set_limits{{0, 0}, 0});
          return visit(element);
        }))
      return true;
  return false;
}

/// Cost: O(sum of sizes), or O(size of the first · number of sets) if that is less.
template <class Visitor>
bool subtract(std::span<const set> sets, Visitor&& visit) {
  const auto& first = sets.front();
  const auto how = how_to_subtract(sets);
  if (how == difference::empty)
    return false;
  auto others = by_size(sets.subspan(1));
  if (how == difference::by_look_up) {
    // The larger a set, the sooner it refuses.
    const std::vector<const set*> order{others.rbegin(), others.rend()};
    return any_of_those(first, {}, order, visit);
  }
  set gone;
  const set* const with[] = {&first};
  const set* const without[] = {&gone};
  for (const auto* other : others)
    any_of_those(*other, with, without, [&](set_element element) {
      gone.add_absent(element, set_limits{{0, 0}, 0});
      return false;
    });
  return any_of_those(first, {}, without, visit);
}

} // namespace thespis::types
