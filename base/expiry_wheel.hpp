#pragma once

/// When is which entry due: a hierarchical timing wheel (Varghese and Lauck, 1987), so that setting
/// an expiry is O(1) and nothing is ever sampled or searched.
///
///     level 0: 64 slots of 1 ms, level 1: 64 slots of 64 ms, … level 10 holds the end of time
///
/// Relative to `cursor` (up to when all is done) a time lives in the level of the highest group of
/// six bits in which the two differ, in the slot that this group says. When a slot of a higher
/// level begins, its records are dealt out to lower levels; when a slot of level 0 is reached, they
/// are due.
///
/// A record is eight bytes and points at nothing:
///
///     63 ................ 28   27 ............. 4   3 .. 0
///     upper bits of the hash   time in the slot     generation
///
/// so entries move, change and die without telling the wheel. Whoever takes a due record looks for
/// the entry by hash and checks the generation: records of entries that are gone, or that have a
/// newer record, are dropped; an entry whose expiry was moved to later is put in again. From level
/// 5 on (more than twelve days ahead) the time loses its lowest bits: such a record comes somewhat
/// early.
///
/// Slots are lists of 256-byte chunks. Not thread-safe; the database owns it. Only add() allocates;
/// it throws std::bad_alloc with nothing changed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace thespis::base {

class expiry_wheel {
public:
  class record {
  public:
    record() noexcept = default;
    record(std::uint64_t hash, std::uint64_t time, std::uint32_t generation) noexcept
      : bits_((hash & ~((std::uint64_t{1} << hash_shift) - 1)) | (time & time_mask) << 4
              | (generation & 15)) {
    }
    /// The hash with its lower bits zero.
    std::uint64_t hash() const noexcept {
      return bits_ & ~((std::uint64_t{1} << hash_shift) - 1);
    }
    /// Whether the record may be of an item with this hash.
    bool is_of(std::uint64_t hash) const noexcept {
      return ((bits_ ^ hash) >> hash_shift) == 0;
    }
    std::uint64_t time() const noexcept {
      return (bits_ >> 4) & time_mask;
    }
    std::uint32_t generation() const noexcept {
      return static_cast<std::uint32_t>(bits_ & 15);
    }

  private:
    static constexpr unsigned hash_shift = 28;
    static constexpr std::uint64_t time_mask = (std::uint64_t{1} << 24) - 1;

    std::uint64_t bits_;
  };

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  expiry_wheel() noexcept = default;
  expiry_wheel(expiry_wheel&& other) noexcept {
    swap(other);
  }
  expiry_wheel& operator=(expiry_wheel&&) = delete;
  ~expiry_wheel();

  void swap(expiry_wheel& other) noexcept;
  /// Frees all records.
  void clear() noexcept;

  /// How many records there are, stale ones included.
  std::size_t records() const noexcept {
    return records_;
  }
  /// Up to when everything has been taken, Unix time in ms.
  std::int64_t cursor_ms() const noexcept {
    return static_cast<std::int64_t>(cursor_);
  }
  /// Nothing is due before this time; `never` without records. Cost: O(1).
  std::int64_t next_due_ms() const noexcept;
  /// Bytes of chunks and levels.
  std::size_t memory_bytes() const noexcept;

  /// Times up to cursor_ms() are due at once. Cost: O(1).
  void add(std::uint64_t hash, std::uint32_t generation, std::int64_t at_ms);

  /// Records that are due at `now_ms`; the caller takes them with pop_due() from the back, one by
  /// one, and may add() meanwhile. Empty if there are none, or if `steps` (which counts down by one
  /// for every record that changes its level) ran out first; more_due() tells which.
  std::span<const record> due(std::int64_t now_ms, std::size_t& steps);
  /// REQUIRES: due() was not empty since.
  void pop_due() noexcept;
  bool more_due(std::int64_t now_ms) const noexcept {
    return next_due_ms() <= now_ms;
  }

  /// Looks at the records of one chunk (all have their turn) and drops those that are stale.
  /// `is_live(record, earliest_ms)`: whether the record is needed, given that it is for that time
  /// or later.
  template <class Predicate>
  void sweep(Predicate&& is_live);

private:
  static constexpr unsigned levels = 11;
  static constexpr unsigned group_bits = 6;
  static constexpr unsigned slots = 1u << group_bits;
  /// Levels up to this one keep times exactly.
  static constexpr unsigned exact_level = 4;
  static constexpr std::size_t spare_chunks_max = 64;

  struct chunk {
    static constexpr std::size_t capacity = 30;
    chunk* next;
    std::size_t count;
    record records[capacity];
  };
  struct level {
    std::array<chunk*, slots> heads{};
    std::uint64_t occupied = 0;
  };
  struct place {
    unsigned level = 0;
    unsigned slot = 0;
  };

  chunk* take_chunk();
  void give_chunk(chunk* unused) noexcept;
  place place_of(std::uint64_t time) const noexcept;
  std::uint64_t start_of(place at) const noexcept;
  std::uint64_t time_of(record r, unsigned of_level, std::uint64_t start) const noexcept;
  /// The earliest slot with records. REQUIRES: there is one.
  place first_place() const noexcept;
  void put(std::uint64_t hash, std::uint32_t generation, std::uint64_t time);
  void take_slot(place at) noexcept;
  void deal(std::size_t& steps);
  /// The chunk to sweep next, unlinked, its slot in sweep_; null without records in slots.
  chunk* next_to_sweep() noexcept;
  void next_slot_to_sweep() noexcept;
  void keep_swept(chunk* swept) noexcept;
  void end_sweep_of_slot() noexcept;
  void free_list(chunk* head) noexcept;

  std::array<std::unique_ptr<level>, levels> levels_;
  /// One bit per level with records.
  std::uint32_t occupied_levels_ = 0;
  std::uint64_t cursor_ = 0;
  std::size_t records_ = 0;
  std::size_t chunks_ = 0;

  /// What a slot held that has begun but is not worked off.
  chunk* pending_ = nullptr;
  unsigned pending_level_ = 0;
  std::uint64_t pending_start_ = 0;

  /// Where sweep() is; chunks of that slot that it has done, which go back to the slot in the end.
  place sweep_;
  chunk* swept_head_ = nullptr;
  chunk* swept_tail_ = nullptr;
  /// Whether the chunk that is being swept was the last of its slot.
  bool sweeps_last_ = false;

  chunk* spare_ = nullptr;
  std::size_t spare_count_ = 0;
};

template <class Predicate>
void expiry_wheel::sweep(Predicate&& is_live) {
  auto* swept = next_to_sweep();
  if (swept == nullptr)
    return;
  const auto start = start_of(sweep_);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < swept->count; ++i) {
    const auto r = swept->records[i];
    if (is_live(r, static_cast<std::int64_t>(time_of(r, sweep_.level, start))))
      swept->records[kept++] = r;
  }
  records_ -= swept->count - kept;
  swept->count = kept;
  keep_swept(swept);
}

} // namespace thespis::base
