#pragma once

/// The machinery of `dictionary`, without knowledge of what the items are: extendible hashing
/// (Fagin and others, 1979) over segments of 1..64 buckets.
///
///     directory: 2^depth words          segment: an array of n buckets
///     +--------------------------+      +--------+--------+-- --+----------+
///     | address | n | its depth  | ---> | bucket | bucket |     | bucket n |
///     | ...                      |      +--------+--------+-- --+----------+
///
/// The top `depth` bits of a hash choose the directory word. A segment of depth d holds all items
/// that share its top d bits; if d is less than the directory's, several words name it. The bits
/// after those d, as a fraction of one, times n are the item's home bucket. A full bucket sends its
/// item on to the next one of the segment (around the end), and counts that it did.
///
/// - Every place is therefore ordered by hash. A cursor is the hash at which the next bucket
/// begins,
///   and stays right whatever is split, merged or resized between two calls.
/// - A segment grows in steps of a fifth or so, and in the end splits in two: the table is never
///   rehashed as a whole, the longest pause moves one segment (some 400 words, a few microseconds)
///   or doubles the directory (a copy of 10 bytes for some 200 items).
/// - Moving does not touch the items: a bucket knows 23 bits of each hash (see bucket.hpp), enough
///   for depths 8..22. Outside of these the item's hash is computed again.
/// - An empty table owns no memory, one of up to seven items 64 bytes and a directory of one word
///   (unless it is kept from shrinking).
///
/// The table owns its buckets, not the items. Not thread-safe. Allocation failures throw
/// std::bad_alloc before anything changed; what shrinks goes on without shrinking.

#include "base/bucket.hpp"
#include "base/piecewise.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace thespis::base {

/// What a table looks like inside, for DEBUG HTSTATS and for tests.
struct table_statistics {
  std::size_t items = 0;
  std::size_t segments = 0;
  std::size_t buckets = 0;
  std::size_t directory_words = 0;
  std::size_t bytes = 0;
  /// Items by the number of buckets between their home and their place; the last one counts the
  /// rest.
  std::array<std::size_t, 8> by_distance{};
};

/// Several lines of text with the histogram of `statistics`.
std::string describe(const table_statistics& statistics);

class bucket_table {
public:
  /// The 64-bit hash of an item.
  using hash_function = std::uint64_t (*)(const void* item, std::uint64_t seed);

  /// `may_shrink`: whether a removal may give memory back, asked when one could; outlives the
  /// table. Null: it may.
  bucket_table(hash_function hash_of, std::uint64_t seed,
               const std::atomic<bool>* may_shrink = nullptr) noexcept
    : hash_of_(hash_of), seed_(seed), may_shrink_(may_shrink) {
  }
  bucket_table(bucket_table&& other) noexcept
    : bucket_table(other.hash_of_, other.seed_, other.may_shrink_) {
    swap(other);
  }
  bucket_table& operator=(bucket_table&&) = delete;
  ~bucket_table();

  /// Content, hash and seed; whether a table may shrink stays with it.
  void swap(bucket_table& other) noexcept;

  std::size_t size() const noexcept {
    return size_;
  }
  std::uint64_t seed() const noexcept {
    return seed_;
  }
  const std::atomic<bool>* may_shrink() const noexcept {
    return may_shrink_;
  }

  /// One segment as its directory word describes it.
  struct segment {
    bucket* buckets;
    std::uint32_t count;
    std::uint32_t depth;

    std::uint32_t home(std::uint32_t top) const noexcept {
      // The lowest bit is not kept in buckets, so it must not count.
      return static_cast<std::uint32_t>((std::uint64_t{(top & ~1u) << depth} * count) >> 32);
    }
  };

  /// REQUIRES: the table has a directory.
  segment segment_of(std::uint32_t top) const noexcept {
    return unpack(directory_[index_of(top)]);
  }
  bool has_directory() const noexcept {
    return directory_ != nullptr;
  }

  /// A place in the table; `where` is null if there is none.
  struct place {
    bucket* where = nullptr;
    unsigned slot = 0;
  };

  /// Makes sure that the next insert() of an item with this hash finds room. Places may change.
  /// Throws std::bad_alloc; the items are all there then.
  void make_room(std::uint32_t top);
  /// REQUIRES: make_room(top) since the last change.
  place insert(std::uint32_t top, void* item) noexcept;
  /// Takes the item out and perhaps gives memory back. All places may change.
  void remove(std::uint32_t top, place at) noexcept;
  /// Frees all buckets. The items are the caller's.
  void release() noexcept;
  /// The same, after a call of visit(void* item) for every item, which may free it. Works in pieces
  /// (piecewise.hpp).
  template <class Visitor>
  void release(Visitor&& visit) noexcept;

  /// A place of a picked item, each with the same probability (unless the table is nearly empty for
  /// its size). Spends as many random bits as it needs out of `random_bits`. Null when empty.
  place random(std::uint64_t random_bits) const noexcept;

  /// The place where a walk goes on after the bucket that `top` is in; 0 after the last one.
  std::uint32_t next_boundary(std::uint32_t top) const noexcept;
  /// Calls visit(void* item) for the items whose home is the bucket that `top` is in, and returns
  /// how many there were. REQUIRES: the table has a directory.
  template <class Visitor>
  std::size_t visit_home(std::uint32_t top, Visitor&& visit) const;
  /// Calls visit(void* item) for every item.
  template <class Visitor>
  void for_each(Visitor&& visit) const;
  /// Calls bool visit(void* item) for the items until it returns true. Returns whether it did.
  template <class Visitor>
  bool any_of(Visitor&& visit) const;

  table_statistics statistics() const;
  /// Bytes of buckets and directory.
  std::size_t memory_bytes() const noexcept;

private:
  static constexpr std::uint32_t buckets_per_piece = frees_per_piece / bucket::capacity;
  static constexpr std::uint32_t depth_max = 24;
  /// From this depth on the buckets know what the directory does not.
  static constexpr std::uint32_t depth_known_from = 8;
  static constexpr std::uint32_t depth_known_to = 22;

  static segment unpack(std::uint64_t word) noexcept {
    return {static_cast<bucket*>(bucket::address(word & ~std::uint64_t{63})),
            static_cast<std::uint32_t>(word >> 48), static_cast<std::uint32_t>(word & 63)};
  }
  static std::uint64_t pack(segment s) noexcept {
    return reinterpret_cast<std::uintptr_t>(s.buckets) | std::uint64_t{s.count} << 48 | s.depth;
  }

  std::uint32_t index_of(std::uint32_t top) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{top} >> (32 - depth_));
  }
  /// The first directory index of the segment that index `i` names.
  std::uint32_t first_index(std::uint32_t i, std::uint32_t segment_depth) const noexcept {
    return i & ~((1u << (depth_ - segment_depth)) - 1);
  }
  /// The bits of the hash that all items of a segment share, the rest zero.
  std::uint32_t prefix_of(std::uint32_t first) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{first} << (32 - depth_));
  }
  std::uint16_t* counts() const noexcept {
    return reinterpret_cast<std::uint16_t*>(directory_ + (std::size_t{1} << depth_));
  }
  /// Whether the buckets of such a segment know all of their items' hashes that matters.
  static bool knows_hashes(std::uint32_t segment_depth) noexcept {
    return segment_depth >= depth_known_from && segment_depth <= depth_known_to;
  }
  /// The upper half of an item's hash (all bits that matter).
  std::uint32_t top_of(const bucket& in, unsigned slot, std::uint32_t prefix,
                       std::uint32_t segment_depth) const noexcept {
    if (knows_hashes(segment_depth)) [[likely]]
      return (prefix & 0xff00'0000u) | in.known_bits(slot);
    return static_cast<std::uint32_t>(hash_of_(bucket::address(in.words[slot]), seed_) >> 32);
  }
  /// Calls visit(const bucket&, slot, top) for every item of a segment.
  template <class Visitor>
  void each_item(segment of, std::uint32_t prefix, Visitor&& visit) const noexcept;

  void assign(std::uint32_t first, segment s, std::uint16_t items) noexcept;
  void fill_hole(segment here, std::uint32_t prefix, std::uint32_t b) const noexcept;
  static void free_buckets(segment of) noexcept;
  void free_directory() noexcept;
  void start();
  void grow(std::uint32_t first);
  void resize(std::uint32_t first, segment new_one) noexcept;
  void split(std::uint32_t first);
  void double_directory();
  void shrink(std::uint32_t first) noexcept;
  bool merge(std::uint32_t first) noexcept;
  void halve_directory() noexcept;
  std::uint32_t count_upper(segment of, std::uint32_t prefix) const noexcept;
  void move_all(segment from, std::uint32_t prefix, segment to) const noexcept;
  void give_back(std::uint32_t first) noexcept;

  /// 2^depth_ words, then as many 16-bit counts of items (right only at a segment's first index).
  std::uint64_t* directory_ = nullptr;
  std::uint32_t depth_ = 0;
  /// How many segments are as deep as the directory; without any it can be halved.
  std::uint32_t deepest_ = 0;
  std::size_t size_ = 0;
  hash_function hash_of_;
  std::uint64_t seed_;
  const std::atomic<bool>* may_shrink_;
};

template <class Visitor>
std::size_t bucket_table::visit_home(std::uint32_t top, Visitor&& visit) const {
  const auto index = index_of(top);
  const auto here = unpack(directory_[index]);
  const auto prefix = prefix_of(first_index(index, here.depth));
  const auto home = here.home(top);
  std::size_t visited = 0;
  for (std::uint32_t step = 0, b = home; step < here.count; ++step) {
    const auto& in = here.buckets[b];
    for (auto mask = in.taken(); mask != 0; mask &= mask - 1) {
      const auto slot = bucket::slot_of(mask);
      if (here.home(top_of(in, slot, prefix, here.depth)) == home) {
        visit(bucket::address(in.words[slot]));
        ++visited;
      }
    }
    if (in.passed() == 0)
      break;
    b = b + 1 == here.count ? 0 : b + 1;
  }
  return visited;
}

template <class Visitor>
void bucket_table::release(Visitor&& visit) noexcept {
  if (directory_ == nullptr)
    return;
  for (std::uint32_t i = 0; i < (1u << depth_);) {
    const auto here = unpack(directory_[i]);
    for (std::uint32_t b = 0; b < here.count; ++b) {
      const auto& in = here.buckets[b];
      for (auto mask = in.taken(); mask != 0; mask &= mask - 1)
        visit(bucket::address(in.words[bucket::slot_of(mask)]));
      if (b % buckets_per_piece == 0)
        end_of_piece();
    }
    free_buckets(here);
    i += 1u << (depth_ - here.depth);
  }
  free_directory();
}

template <class Visitor>
void bucket_table::for_each(Visitor&& visit) const {
  any_of([&](void* item) {
    visit(item);
    return false;
  });
}

template <class Visitor>
bool bucket_table::any_of(Visitor&& visit) const {
  if (directory_ == nullptr)
    return false;
  for (std::uint32_t i = 0; i < (1u << depth_);) {
    const auto here = unpack(directory_[i]);
    for (std::uint32_t b = 0; b < here.count; ++b)
      for (auto mask = here.buckets[b].taken(); mask != 0; mask &= mask - 1)
        if (visit(bucket::address(here.buckets[b].words[bucket::slot_of(mask)])))
          return true;
    i += 1u << (depth_ - here.depth);
  }
  return false;
}

} // namespace thespis::base
