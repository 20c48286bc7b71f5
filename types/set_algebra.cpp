#include "types/set_algebra.hpp"

#include <algorithm>

namespace thespis::types {

std::vector<const set*> by_size(std::span<const set> sets) {
  std::vector<const set*> out;
  out.reserve(sets.size());
  for (const auto& each : sets)
    if (!each.empty())
      out.push_back(&each);
  std::sort(out.begin(), out.end(), [](const set* a, const set* b) {
    return a->size() != b->size() ? a->size() < b->size() : a->address() < b->address();
  });
  const auto same = [](const set* a, const set* b) { return a->address() == b->address(); };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

difference how_to_subtract(std::span<const set> sets) noexcept {
  const auto& first = sets.front();
  if (first.empty())
    return difference::empty;
  std::size_t look_ups = 0;
  std::size_t members = 0;
  for (const auto& each : sets) {
    if (each.empty())
      continue;
    if (&each != &first && each.address() == first.address())
      return difference::empty;
    look_ups += first.size();
    members += each.size();
  }
  // A look-up costs less than what an element costs the other way.
  return look_ups / 2 <= members ? difference::by_look_up : difference::by_removal;
}

} // namespace thespis::types
