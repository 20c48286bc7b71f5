#pragma once

#include "base/dictionary.hpp"
#include "base/expiry_wheel.hpp"
#include "keyspace/element_alarms.hpp"
#include "keyspace/entry.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace thespis::keyspace {

class discarded;
struct database_walk;

/// One numbered database of one partition: the dictionary of entries and the time-ordered index of
/// those that expire. It knows no clock: "now" is an argument. Not thread-safe: its partition owns
/// it.
///
/// `slot` is the answer of a look-up: where the entry of a key is, or where it would go. A slot
/// stays valid until the next change of the database that is not made through this very slot.
///
/// Invariants:
/// 1. Every entry with an expiry has a record in the wheel with its generation, for that time or an
///    earlier one. Records without such an entry are stale; once there are more than twice as many
///    records as expiries (and 4096), new records sweep old ones.
/// 2. An operation that throws std::bad_alloc (nothing throws anything else) changed nothing.
class database {
public:
  class slot {
  public:
    /// Whether there is an entry.
    explicit operator bool() const noexcept {
      return at_.item != nullptr;
    }
    entry* operator->() const noexcept {
      return at_.item;
    }
    entry& operator*() const noexcept {
      return *at_.item;
    }
    /// The key that was looked for: a view of the caller's bytes.
    std::string_view key() const noexcept {
      return key_;
    }
    std::uint64_t hash() const noexcept {
      return at_.hash;
    }
    /// Takes the entry out of sight. REQUIRES: the slot is not used for changing anything.
    void hide() noexcept {
      at_.item = nullptr;
    }
    /// What a new entry's access clock starts with (0 without this call); see access_clock.hpp.
    void set_initial_access(std::uint32_t clock) noexcept {
      initial_access_ = clock;
    }

  private:
    friend class database;
    slot(std::string_view key, const base::dictionary<entry>::position& at) noexcept
      : key_(key), at_(at) {
    }

    std::string_view key_;
    base::dictionary<entry>::position at_;
    std::uint32_t initial_access_ = 0;
  };

  /// `may_shrink`: whether the table gives memory back when entries go; see bucket_table. `bin`:
  /// where values go that take long to free; without one they are freed at once.
  explicit database(std::uint64_t hash_seed, const std::atomic<bool>* may_shrink = nullptr,
                    discarded* bin = nullptr) noexcept;
  database(database&& other) noexcept;
  database& operator=(database&&) = delete;
  ~database();

  // -- look-up -----------------------------------------------------------------------------------
  /// Cost: O(1), about three cache lines. Never deletes (expired entries are found too).
  slot find(std::string_view key) noexcept {
    return find(key, hash(key));
  }
  std::uint64_t hash(std::string_view key) const noexcept {
    return entries_.hash(key);
  }
  slot find(std::string_view key, std::uint64_t hash) noexcept {
    return {key, entries_.find(key, hash)};
  }
  /// Brings the lines that find(key, hash) will read towards the cache. Two steps so that a batch
  /// can do step 1 for all of its keys, then step 2 for all of them.
  void prefetch_bucket(std::uint64_t hash) const noexcept {
    entries_.prefetch_bucket(hash);
  }
  void prefetch_entry(std::uint64_t hash, std::size_t key_bytes) const noexcept {
    entries_.prefetch_item(hash, entry::head_bytes(key_bytes));
  }

  // -- strings -----------------------------------------------------------------------------------
  /// Makes `bytes` the string value, whatever was there before; an integer's canonical text (at
  /// most 20 characters, fits int64) is stored as an integer. Clears the expiry unless keep_expiry.
  /// After each of these the slot refers to the (possibly moved or new) entry.
  /// REQUIRES: `bytes` is not a view of this very entry.
  void set_string(slot& at, std::string_view bytes, bool keep_expiry = false);
  /// The same with an expiry, in one go: cheaper than set_string and then set_expiry.
  void set_string_until(slot& at, std::string_view bytes, std::int64_t expire_at_ms);
  void set_integer(slot& at, std::int64_t value, bool keep_expiry = false);
  /// Makes the value a raw string (OBJECT ENCODING "raw") of `size` bytes and returns them for
  /// writing; old content stays, new bytes are zero. Creates the entry if there is none; another
  /// type's value is dropped. Keeps the expiry. Growth is amortised (capacity up to 2x, at most 1
  /// MiB ahead).
  std::span<char> resize_string(slot& at, std::size_t size);

  // -- other types -------------------------------------------------------------------------------
  /// Makes `object` the value, whatever was there before, and owns it from then on (not if it
  /// throws). REQUIRES: type is registered (entry.hpp) and not string.
  void set_object(slot& at, value_type type, void* object, bool keep_expiry = false);
  /// The same with an expiry.
  void set_object_until(slot& at, value_type type, void* object, std::int64_t expire_at_ms);

  // -- expiry ------------------------------------------------------------------------------------
  /// REQUIRES: there is an entry. `at_ms`: Unix time in milliseconds. The entry may move.
  void set_expiry(slot& at, std::int64_t at_ms);
  /// Returns whether it had one.
  bool clear_expiry(slot& at) noexcept;

  /// Elements of the value under that key expire: the value will be looked at in time. For values
  /// that change; those that come in (set_object, attach) need no call. REQUIRES: `of` is the alarm
  /// of the slot's value, or of one that this slot is about to get. Cost: O(1).
  void announce(const slot& at, types::element_alarm& of) {
    alarms_.announce(at.hash(), of, entries_);
  }

  // -- whole entries -----------------------------------------------------------------------------
  /// REQUIRES (as detach): there is an entry. The slot is one without an entry then.
  void erase(slot& at) noexcept;
  /// Takes the entry out: key, value, expiry and access clock, owned by the caller.
  entry_ptr detach(slot& at) noexcept;
  /// The end of an entry that was detached.
  void drop(entry_ptr&& gone) noexcept;
  /// Puts a detached entry under `at`'s key (its key is replaced if it differs), replacing what is
  /// there. Keeps the entry's own expiry. `value` is not taken if it throws.
  void attach(slot& at, entry_ptr&& value);
  /// The same with the entry of another key, or of another database (RENAME, MOVE), which has none
  /// then. Throws std::bad_alloc with every entry where it was.
  /// REQUIRES: there is an entry at `source`; the slots have different keys or databases.
  void take_over(slot& at, database& from, slot& source);
  /// A deep copy of the value under another key, not yet in any database (COPY). Keeps the expiry
  /// and the access clock.
  static entry_ptr copy(const entry& from, std::string_view key);

  // -- the whole ---------------------------------------------------------------------------------
  std::size_t size() const noexcept {
    return entries_.size();
  }
  /// How many entries have an expiry.
  std::size_t expires() const noexcept {
    return expires_;
  }
  /// Sum of all expiry times in ms divided by expires(), 0 without any (for INFO's avg_ttl).
  std::int64_t average_expiry_ms() const noexcept;
  /// Visits about `count` entries from `cursor` on and returns the next cursor, 0 at the end. Every
  /// entry that is there from the first call to the last is visited at least once, whatever is
  /// added, removed or rehashed in between. The visitor must not change the database. Cursors are
  /// less than 2^32; any number will do as one.
  template <class Visitor> // void(entry&)
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) {
    return entries_.scan(cursor, count, visit);
  }
  template <class Visitor> // void(entry&), no changes to the database meanwhile
  void for_each(Visitor&& visit) {
    entries_.for_each(visit);
  }
  /// A uniformly (up to the table's fill) picked entry, null when empty.
  entry* random(std::uint64_t random_bits) noexcept {
    return entries_.random(random_bits);
  }
  /// Empties the database. Cost: O(1) where it has a bin, O(size) without.
  void clear() noexcept;
  /// All of the content in a database of its own, without a bin; this one is empty then.
  database take() noexcept {
    return std::move(*this);
  }
  /// Content and hash seed; the bins stay. Slots of both become invalid.
  void swap(database& other) noexcept;

  // -- walks: see point_in_time.hpp --------------------------------------------------------------
  /// From now on no entry of those that there are has been taken. REQUIRES: !walks().
  void begin_walk(std::unique_ptr<database_walk> how) noexcept;
  bool walks() const noexcept {
    return walk_ != nullptr;
  }
  /// Takes about so many entries. Returns whether the walk is over.
  bool walk(std::size_t entries) noexcept;
  /// To be called before an entry changes in place: it is taken as it is, unless it has been. All
  /// functions here that change entries do so by themselves.
  void preserve(entry& before) noexcept {
    if (walk_ != nullptr) [[unlikely]]
      take_for_walk(before);
  }

  // -- active expiry -----------------------------------------------------------------------------
  /// When the next entry may be due (a lower bound, ms), or INT64_MAX.
  std::int64_t next_due_ms() const noexcept {
    return std::min(wheel_.next_due_ms(), alarms_.next_due_ms());
  }
  /// Calls `expire(slot&)` for at most `budget` entries with expiry <= now_ms; `expire` must erase
  /// the slot. Returns whether more may be due at now_ms. Work is bounded by the budget also when
  /// index records are stale. The slot's key is the entry's own: gone once it is erased.
  template <class Expire>
  bool expire_due(std::int64_t now_ms, std::size_t budget, Expire&& expire);

  /// Calls `look(slot&, budget)` for entries with elements that have expired; it takes out no more
  /// elements than that, returns how many, and erases the entry if nothing is left. Counts `budget`
  /// down and returns whether more may be due at now_ms. The slot's key is as in expire_due.
  template <class Look>
  bool expire_elements_due(std::int64_t now_ms, std::size_t& budget, Look&& look);

  // -- looking inside ----------------------------------------------------------------------------
  base::table_statistics statistics() const {
    return entries_.statistics();
  }
  std::size_t expiry_records() const noexcept {
    return wheel_.records();
  }
  /// How many entries have elements that expire.
  std::size_t alarms() const noexcept {
    return alarms_.size();
  }
  std::size_t alarm_records() const noexcept {
    return alarms_.records();
  }
  /// Bytes of the table and of the expiry index, without the entries.
  std::size_t overhead_bytes() const noexcept {
    return entries_.memory_bytes() + wheel_.memory_bytes() + alarms_.memory_bytes();
  }

private:
  /// What becomes of an entry's expiry when its value is replaced.
  struct expiry_change {
    enum class kind : std::uint8_t { clear, keep, set } what = kind::clear;
    std::int64_t at_ms = 0;
  };
  static constexpr std::size_t stale_records_free = 4096;
  /// One sweep of a chunk for so many new records.
  static constexpr unsigned adds_per_sweep = 8;
  /// How many records may change their level per unit of expire_due's budget.
  static constexpr std::size_t steps_per_budget = 16;

  void take_for_walk(entry& before) noexcept;
  entry* take_out(slot& at) noexcept;
  entry* prepare(slot& at, entry& value);
  void put(slot& at, entry* block) noexcept;
  void free_entry(entry* doomed) noexcept;
  void drop_value(value_type type, void* pointer) noexcept;
  void free_all() noexcept;
  void store_string(slot& at, std::string_view bytes, expiry_change expiry);
  bool overwrite(slot& at, std::string_view bytes, expiry_change expiry);
  void store_integer(slot& at, std::int64_t value, expiry_change expiry);
  void store_object(slot& at, value_type type, void* object, expiry_change expiry);
  entry* store(slot& at, entry::shape wanted, expiry_change expiry, std::size_t spare = 0);
  entry* store_new(slot& at, entry::shape wanted, expiry_change expiry);
  std::span<char> grow_inline(slot& at, std::size_t size);
  std::span<char> grow_heap(slot& at, std::size_t size);

  std::uint32_t add_record(std::uint64_t hash, std::uint32_t last_generation, std::int64_t at_ms);
  void count_expiry(std::int64_t at_ms) noexcept;
  void forget_expiry(std::int64_t at_ms) noexcept;
  void sweep_records();
  bool is_of(const entry& candidate, base::expiry_wheel::record record) const noexcept {
    return candidate.has_expiry() && candidate.generation() == record.generation()
           && record.is_of(entries_.hash(candidate.key()));
  }
  /// Of the entries that the record may stand for (there is more than one only by chance) the one
  /// with the earliest expiry.
  slot find_first_due(base::expiry_wheel::record record) noexcept;

  base::dictionary<entry> entries_;
  base::expiry_wheel wheel_;
  element_alarms alarms_;
  discarded* bin_;
  std::unique_ptr<database_walk> walk_;
  /// What an entry's mark says that was made since the last walk began, or was taken by it.
  bool mark_ = false;
  std::size_t expires_ = 0;
  __extension__ __int128 expiry_sum_ms_ = 0;
  unsigned adds_since_sweep_ = 0;
  /// Where generations go on for entries that are new, so that they differ from their key's last
  /// ones.
  std::uint32_t next_generation_ = 0;
};

template <class Expire>
bool database::expire_due(std::int64_t now_ms, std::size_t budget, Expire&& expire) {
  auto steps = budget * steps_per_budget;
  while (budget > 0) {
    const auto due = wheel_.due(now_ms, steps);
    if (due.empty())
      break;
    for (auto record : due)
      entries_.prefetch_bucket(record.hash());
    for (auto record : due)
      entries_.prefetch_item(record.hash(), entry::head_bytes(0));
    for (auto left = due.size(); left > 0 && budget > 0; --left, --budget) {
      const auto record = due[left - 1];
      auto at = find_first_due(record);
      if (at && at->expire_at_ms() > now_ms)
        wheel_.add(at.hash(), record.generation(), at->expire_at_ms());
      wheel_.pop_due();
      if (at && at->expire_at_ms() <= now_ms)
        expire(at);
    }
  }
  return wheel_.more_due(now_ms);
}

template <class Look>
bool database::expire_elements_due(std::int64_t now_ms, std::size_t& budget, Look&& look) {
  auto steps = budget * steps_per_budget;
  while (budget > 0) {
    const auto due = alarms_.due(now_ms, steps);
    if (due.empty())
      break;
    for (auto left = due.size(); left > 0 && budget > 0; --left) {
      std::size_t used = 1;
      slot at({}, alarms_.find(due[left - 1], entries_));
      if (at) {
        at.key_ = at->key();
        preserve(*at);
        if (at->alarm()->due_ms <= now_ms)
          used = std::max(used, look(at, budget));
        if (at)
          alarms_.announce_again(at.hash(), *at->alarm(), entries_);
      }
      alarms_.pop_due();
      budget -= used;
    }
  }
  return alarms_.more_due(now_ms);
}

} // namespace thespis::keyspace
