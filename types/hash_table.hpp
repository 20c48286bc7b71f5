#pragma once

/// A large hash, or one with fields that expire: the dictionary of its fields, and the index of
/// their times.
///
///     fields   dictionary --> | field | field | ...      one block each (hash_field.hpp)
///     times    null, or --> | alarm | how many expire | wheel | ...
///     wheel    null, or expiry_wheel --> | time, hash, generation | ...
///
/// Every field is in the dictionary once; the table owns its block. Cost: O(1) to find, set and
/// erase a field and to give it an expiry; O(size) to copy and to measure the table.
///
/// Invariants of the times (there are none until the first field gets an expiry):
/// 1. alarm.due_ms is not later than the first expiry; `never` if no field has one.
/// 2. A table of up to walk_max fields is walked to find what is due. In a larger one every field
///    with an expiry has a record in the wheel with its generation, for that time or an earlier
///    one. Records without such a field are stale; once there are more than twice as many records
///    as expiries (and stale_records_free), new records sweep old ones.
///
/// The table knows no clock: fields that have expired stay until expire_due(). Not thread-safe.
/// What throws std::bad_alloc has changed nothing.

#include "base/dictionary.hpp"
#include "base/expiry_wheel.hpp"
#include "types/element_alarm.hpp"
#include "types/hash_field.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace thespis::types {

class hash_table {
public:
  using position = base::dictionary<hash_field>::position;
  /// How many fields one look at all of them may cost.
  static constexpr std::size_t walk_max = 128;

  hash_table();
  hash_table(const hash_table&) = delete;
  hash_table& operator=(const hash_table&) = delete;
  ~hash_table();
  std::unique_ptr<hash_table> copy() const;

  std::size_t size() const noexcept {
    return fields_.size();
  }
  /// How many fields have an expiry.
  std::size_t expiring() const noexcept {
    return times_ == nullptr ? 0 : times_->expiring;
  }
  /// Null if no field ever had an expiry.
  element_alarm* alarm() const noexcept {
    return times_ == nullptr ? nullptr : &times_->alarm;
  }
  std::size_t memory_bytes() const noexcept;
  base::table_statistics statistics() const {
    return fields_.statistics();
  }
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept;

  position find(std::string_view field) const noexcept {
    return fields_.find(field, fields_.hash(field));
  }
  /// Sets the field at that place, or makes it there. The field's expiry goes unless `keep_expiry`.
  /// Returns whether it is new. REQUIRES: find(field) just before.
  bool set(position& at, std::string_view field, std::string_view value, bool keep_expiry);
  /// REQUIRES: find() found it just before.
  void erase(position& at) noexcept;
  /// REQUIRES: as erase. `now_ms` is not later than the time of any later call, or what expires
  /// before it may be found late.
  void set_expiry(position& at, std::int64_t at_ms, std::int64_t now_ms);
  /// REQUIRES: as erase, and that the field has one.
  void clear_expiry(position& at);

  /// See dictionary.
  template <class Visitor> // void(const hash_field&)
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const {
    return fields_.scan(cursor, count, visit);
  }
  template <class Visitor> // void(const hash_field&)
  void for_each(Visitor&& visit) const {
    fields_.for_each(visit);
  }
  const hash_field* random(std::uint64_t random_bits) const noexcept {
    return fields_.random(random_bits);
  }

  /// Takes out up to `budget` fields that have expired by now_ms, each after a call of
  /// visit(const hash_field&). Returns how many. Afterwards alarm.due_ms says whether there may be
  /// more. Cost: O(budget), or O(walk_max).
  template <class Visitor>
  std::size_t expire_due(std::int64_t now_ms, std::size_t budget, Visitor&& visit);

  /// Whether OBJECT ENCODING calls the hash "listpackex": it is a table only for its times.
  bool counts_as_packed = false;

private:
  struct times {
    element_alarm alarm;
    std::size_t expiring = 0;
    /// The latest that anybody said; a new wheel begins there.
    std::int64_t seen_ms = 0;
    std::unique_ptr<base::expiry_wheel> wheel;
    unsigned adds_since_sweep = 0;
    /// Where generations go on for new fields, so that they differ from their name's last ones.
    std::uint32_t next_generation = 0;
  };
  static constexpr std::size_t stale_records_free = 256;
  static constexpr unsigned adds_per_sweep = 8;
  /// How many records may change their level per unit of a budget.
  static constexpr std::size_t steps_per_budget = 16;

  void insert(position& at, std::string_view field, std::string_view value);
  void replace(position& at, const hash_field::content& by);
  void forget_expiry() noexcept;
  void remove(position& at) noexcept;
  std::unique_ptr<base::expiry_wheel> make_wheel() const;
  std::uint32_t add_record(std::uint64_t hash, std::uint32_t last_generation, std::int64_t at_ms);
  void sweep_records();
  bool is_of(const hash_field& candidate, base::expiry_wheel::record record) const noexcept {
    return candidate.has_expiry() && candidate.generation() == record.generation()
           && record.is_of(fields_.hash(candidate.key()));
  }
  position find_first_due(base::expiry_wheel::record record) const noexcept;
  /// Fills `due` with fields that have expired and returns how many; sets the alarm to the first
  /// expiry of the others.
  std::size_t collect_due(std::int64_t now_ms, std::size_t budget,
                          std::array<const hash_field*, walk_max>& due) const noexcept;
  template <class Visitor>
  std::size_t take_due(std::int64_t now_ms, std::size_t budget, Visitor& visit);

  base::dictionary<hash_field> fields_;
  std::unique_ptr<times> times_;
};

template <class Visitor>
std::size_t hash_table::expire_due(std::int64_t now_ms, std::size_t budget, Visitor&& visit) {
  if (times_ == nullptr || times_->alarm.due_ms > now_ms)
    return 0;
  if (times_->wheel != nullptr)
    return take_due(now_ms, budget, visit);
  std::array<const hash_field*, walk_max> due;
  const auto count = collect_due(now_ms, budget, due);
  for (std::size_t i = 0; i < count; ++i) {
    visit(*due[i]);
    auto at = find(due[i]->key());
    remove(at);
  }
  return count;
}

template <class Visitor>
std::size_t hash_table::take_due(std::int64_t now_ms, std::size_t budget, Visitor& visit) {
  auto& wheel = *times_->wheel;
  auto steps = budget * steps_per_budget;
  std::size_t expired = 0;
  while (budget > 0) {
    const auto due = wheel.due(now_ms, steps);
    if (due.empty())
      break;
    for (auto left = due.size(); left > 0 && budget > 0; --left, --budget) {
      const auto record = due[left - 1];
      auto at = find_first_due(record);
      if (at.item != nullptr && at.item->expire_at_ms() > now_ms)
        wheel.add(record.hash(), record.generation(), at.item->expire_at_ms());
      wheel.pop_due();
      if (at.item == nullptr || at.item->expire_at_ms() > now_ms)
        continue;
      visit(*at.item);
      remove(at);
      ++expired;
    }
  }
  times_->alarm.due_ms = times_->expiring == 0 ? element_alarm::never : wheel.next_due_ms();
  if (times_->expiring == 0)
    times_->wheel.reset();
  return expired;
}

} // namespace thespis::types
