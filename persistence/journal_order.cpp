#include "persistence/journal_order.hpp"

#include <algorithm>
#include <utility>

namespace thespis::persistence {

void journal_order::expect(multicast_number which, std::span<const partition_index> by,
                           std::shared_ptr<const void> mark) {
  entries_.push_back(
    {.multicast = which, .owing = {by.begin(), by.end()}, .mark = std::move(mark)});
}

/// Behind it are only multicasts that nobody has begun with.
journal_order::place journal_order::end_of_begun() noexcept {
  auto end = entries_.end();
  while (end != entries_.begin()) {
    const auto last = std::prev(end);
    if (last->begun || last->owing.empty())
      break;
    end = last;
  }
  return end;
}

journal_order::place journal_order::insert(place before, entry&& which, journal_share&& what) {
  const auto at = entries_.insert(before, std::move(which));
  try {
    at->shares.push_back(std::move(what));
  } catch (...) {
    entries_.erase(at);
    throw;
  }
  at->begun = true;
  at->first_arrival = ++arrivals_;
  return at;
}

void journal_order::add(partition_index by, journal_share&& what) {
  const auto end = end_of_begun();
  const auto owes = [by](const entry& one) {
    return std::find(one.owing.begin(), one.owing.end(), by) != one.owing.end();
  };
  insert(std::find_if(entries_.begin(), end, owes), {.by = by}, std::move(what));
}

void journal_order::add_meeting(multicast_number which, std::span<const partition_index> of,
                                journal_share&& what) {
  const auto is_later = [which](const entry& one) { return one.multicast > which; };
  auto next = std::find_if(entries_.begin(), end_of_begun(), is_later);
  const auto at = insert(next, {.multicast = which}, std::move(what));
  while (next != entries_.end()) {
    const auto one = next++;
    if (one->multicast == 0 && std::find(of.begin(), of.end(), one->by) != of.end())
      entries_.splice(at, entries_, one);
  }
}

void journal_order::add_share(partition_index by, multicast_number which, journal_share&& what,
                              bool last) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [which](const entry& one) {
    return one.multicast == which && !one.owing.empty();
  });
  if (at == entries_.end())
    return add(by, std::move(what));
  if (!what.empty())
    at->shares.push_back(std::move(what));
  ++arrivals_;
  if (!std::exchange(at->begun, true))
    at->first_arrival = arrivals_;
  if (last)
    std::erase(at->owing, by);
}

journal_order::entry journal_order::take() {
  auto first = std::move(entries_.front());
  entries_.pop_front();
  return first;
}

std::uint64_t journal_order::left() const noexcept {
  auto first = arrivals_ + 1;
  for (const auto& one : entries_)
    if (one.begun)
      first = std::min(first, one.first_arrival);
  return first - 1;
}

} // namespace thespis::persistence
