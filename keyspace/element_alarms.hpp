#pragma once

/// Which values of a database have elements that expire (fields of hashes), by the time at which to
/// look at each. A value carries its own types::element_alarm; here is a wheel with one record for
/// each, tied to it by a generation as those of expiring entries are (see expiry_wheel.hpp).
///
/// Invariant: an alarm that is announced has a record for announced_ms; every other record is
/// stale. Once there are more than twice as many records as announced alarms (and
/// stale_records_free), new records sweep old ones.

#include "base/dictionary.hpp"
#include "base/expiry_wheel.hpp"
#include "keyspace/entry.hpp"
#include "types/element_alarm.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

namespace thespis::keyspace {

class element_alarms {
public:
  using alarm = types::element_alarm;
  using record = base::expiry_wheel::record;
  using entries = base::dictionary<entry>;

  /// How many values have an announced alarm.
  std::size_t size() const noexcept {
    return announced_;
  }
  std::size_t records() const noexcept {
    return wheel_.records();
  }
  std::size_t memory_bytes() const noexcept {
    return wheel_.memory_bytes();
  }
  /// No alarm is due before this time (Unix ms).
  std::int64_t next_due_ms() const noexcept {
    return wheel_.next_due_ms();
  }

  /// Takes note of an alarm whose value is, or is to be, under the key with that hash. Does nothing
  /// if what is announced is early enough. Throws std::bad_alloc with nothing changed. Cost: O(1).
  void announce(std::uint64_t hash, alarm& of, const entries& among) {
    if (of.due_ms < of.announced_ms)
      put(hash, of, among);
  }
  /// Without memory for it, elements stay until they are asked for.
  void announce_if_possible(std::uint64_t hash, alarm& of, const entries& among) noexcept {
    try {
      announce(hash, of, among);
    } catch (const std::bad_alloc&) {
      return;
    }
  }
  /// The alarm has rung and its value was looked at. Throws as announce().
  void announce_again(std::uint64_t hash, alarm& of, const entries& among) {
    if (of.due_ms == alarm::never)
      forget(&of);
    else
      put(hash, of, among);
  }
  /// The value goes, or is no value of this database any more. Null is none.
  void forget(alarm* of) noexcept {
    if (of == nullptr || of->announced_ms == alarm::never)
      return;
    of->announced_ms = alarm::never;
    --announced_;
  }

  /// See expiry_wheel.
  std::span<const record> due(std::int64_t now_ms, std::size_t& steps) {
    return wheel_.due(now_ms, steps);
  }
  void pop_due() noexcept {
    wheel_.pop_due();
  }
  bool more_due(std::int64_t now_ms) const noexcept {
    return wheel_.more_due(now_ms);
  }
  /// The entry that the record stands for; no item if it is stale.
  static entries::position find(record of, const entries& among) noexcept;

  void clear() noexcept;
  void swap(element_alarms& other) noexcept;

private:
  static constexpr std::size_t stale_records_free = 4096;
  static constexpr unsigned adds_per_sweep = 8;

  void put(std::uint64_t hash, alarm& of, const entries& among);
  void sweep(const entries& among);
  /// The candidate's alarm if the record is of it, or null.
  static const alarm* matching(const entry& candidate, record of, const entries& among) noexcept;

  base::expiry_wheel wheel_;
  std::size_t announced_ = 0;
  unsigned adds_since_sweep_ = 0;
};

} // namespace thespis::keyspace
