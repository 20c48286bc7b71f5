#include "keyspace/element_alarms.hpp"

#include <utility>

namespace thespis::keyspace {

void element_alarms::put(std::uint64_t hash, alarm& of, const entries& among) {
  // Before the new record is there, which matches no alarm yet.
  if (wheel_.records() > 2 * announced_ + stale_records_free) [[unlikely]]
    if (++adds_since_sweep_ % adds_per_sweep == 0)
      sweep(among);
  const auto generation = (of.generation + 1) & 15;
  wheel_.add(hash, generation, of.due_ms);
  if (of.announced_ms == alarm::never)
    ++announced_;
  of.announced_ms = of.due_ms;
  of.generation = generation;
}

void element_alarms::sweep(const entries& among) {
  const auto now_ms = wheel_.cursor_ms();
  wheel_.sweep([&](record each, std::int64_t earliest_ms) {
    // The one that counts is never for a later time than its alarm, but for times that had passed.
    const auto needs_it = [&](const entry* candidate) {
      const auto* of = matching(*candidate, each, among);
      return of != nullptr && (of->announced_ms >= earliest_ms || of->announced_ms <= now_ms);
    };
    return among.find_if(each.hash(), needs_it).item != nullptr;
  });
}

const element_alarms::alarm* element_alarms::matching(const entry& candidate, record of,
                                                      const entries& among) noexcept {
  const auto* its = candidate.alarm();
  return its != nullptr && its->announced_ms != alarm::never && its->generation == of.generation()
             && of.is_of(among.hash(candidate.key()))
           ? its
           : nullptr;
}

element_alarms::entries::position element_alarms::find(record of, const entries& among) noexcept {
  // There is more than one only by chance; then it is the earliest one's turn.
  const entry* first = nullptr;
  auto first_ms = alarm::never;
  among.find_if(of.hash(), [&](const entry* candidate) {
    const auto* its = matching(*candidate, of, among);
    if (its != nullptr && its->announced_ms < first_ms) {
      first = candidate;
      first_ms = its->announced_ms;
    }
    return false;
  });
  if (first == nullptr)
    return {};
  const auto same = [&](const entry* candidate) { return candidate == first; };
  return among.find_if(among.hash(first->key()), same);
}

void element_alarms::clear() noexcept {
  wheel_.clear();
  announced_ = 0;
}

void element_alarms::swap(element_alarms& other) noexcept {
  wheel_.swap(other.wheel_);
  std::swap(announced_, other.announced_);
  std::swap(adds_since_sweep_, other.adds_since_sweep_);
}

} // namespace thespis::keyspace
