#pragma once

/// The hash table of a database: items that know their own key, found by it. Everything about its
/// shape, its growth and its bounds is in bucket_table.hpp; here it gets types and keys.
///
/// `Item` offers `std::string_view key() const` and stays where it is while the dictionary names
/// it. The dictionary does not own the items.

#include "base/bucket_table.hpp"
#include "base/hash.hpp"
#include "base/prefetch.hpp"

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::base {

template <class Item>
class dictionary {
public:
  /// Where an item is (`item` not null), or that there is none. Stays right until the next insert
  /// or erase.
  struct position {
    std::uint64_t hash = 0;
    Item* item = nullptr;
    bucket_table::place at{};

    std::uint32_t top() const noexcept {
      return static_cast<std::uint32_t>(hash >> 32);
    }
  };

  /// `may_shrink`: see bucket_table.
  explicit dictionary(std::uint64_t seed, const std::atomic<bool>* may_shrink = nullptr) noexcept
    : table_(&hash_of, seed, may_shrink) {
  }

  std::size_t size() const noexcept {
    return table_.size();
  }
  std::uint64_t seed() const noexcept {
    return table_.seed();
  }
  const std::atomic<bool>* may_shrink() const noexcept {
    return table_.may_shrink();
  }
  std::uint64_t hash(std::string_view key) const noexcept {
    return hash_bytes(key, table_.seed());
  }

  /// Cost: the directory's word, one or (seldom) more neighbouring buckets, the item.
  position find(std::string_view key, std::uint64_t hash) const noexcept {
    return find_if(hash, [key](const Item* item) { return same_bytes(item->key(), key); });
  }
  /// The first item whose hash agrees in the upper 31 bits and for which `is_it(const Item*)`
  /// holds.
  template <class Predicate>
  position find_if(std::uint64_t hash, Predicate&& is_it) const noexcept;

  void prefetch_bucket(std::uint64_t hash) const noexcept {
    if (!table_.has_directory())
      return;
    const auto top = static_cast<std::uint32_t>(hash >> 32);
    const auto here = table_.segment_of(top);
    prefetch(here.buckets + here.home(top));
  }
  /// Brings the first `bytes` of the item, if there is one, towards the cache: at most 64, so that
  /// they lie in one line or two.
  void prefetch_item(std::uint64_t hash, std::size_t bytes) const noexcept;

  /// Makes sure that insert() for this hash needs no memory. Throws std::bad_alloc. Positions of
  /// items become invalid.
  void make_room(std::uint64_t hash) {
    table_.make_room(static_cast<std::uint32_t>(hash >> 32));
  }
  /// REQUIRES: nothing under the item's key, make_room(at.hash) just before.
  void insert(position& at, Item* item) noexcept {
    at.at = table_.insert(at.top(), item);
    at.item = item;
  }
  /// Names another item with the same key at the same place.
  void replace(position& at, Item* item) noexcept {
    auto& word = at.at.where->words[at.at.slot];
    word = (word & ~bucket::address_bits) | reinterpret_cast<std::uintptr_t>(item);
    at.item = item;
  }
  void erase(position& at) noexcept {
    table_.remove(at.top(), at.at);
    at.item = nullptr;
  }
  /// Forgets all items.
  void release() noexcept {
    table_.release();
  }
  /// The same, after a call of free(Item&) for every item. Works in pieces (piecewise.hpp).
  template <class Free>
  void release(Free&& free) noexcept {
    table_.release([&](void* item) { free(*static_cast<Item*>(item)); });
  }
  void swap(dictionary& other) noexcept {
    table_.swap(other.table_);
  }

  /// See database::scan. A cursor is less than 2^32.
  template <class Visitor> // void(Item&)
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const;
  template <class Visitor> // void(Item&)
  void for_each(Visitor&& visit) const {
    table_.for_each([&](void* item) { visit(*static_cast<Item*>(item)); });
  }
  /// Until visit(Item&) returns true. Returns whether it did.
  template <class Visitor> // bool(Item&)
  bool any_of(Visitor&& visit) const {
    return table_.any_of([&](void* item) { return visit(*static_cast<Item*>(item)); });
  }
  Item* random(std::uint64_t random_bits) const noexcept {
    const auto at = table_.random(random_bits);
    return at.where == nullptr ? nullptr : item_at(at.where, at.slot);
  }

  table_statistics statistics() const {
    return table_.statistics();
  }
  std::size_t memory_bytes() const noexcept {
    return table_.memory_bytes();
  }

private:
  static std::uint64_t hash_of(const void* item, std::uint64_t seed) {
    return hash_bytes(static_cast<const Item*>(item)->key(), seed);
  }
  /// Keys are short: two or four words that may overlap beat a call.
  static bool same_bytes(std::string_view a, std::string_view b) noexcept {
    const auto size = a.size();
    if (size != b.size())
      return false;
    const auto differ = [&](std::size_t at) { return word_at(a, at) ^ word_at(b, at); };
    if (size >= 8 && size <= 16)
      return (differ(0) | differ(size - 8)) == 0;
    if (size > 16 && size <= 32)
      return (differ(0) | differ(8) | differ(size - 16) | differ(size - 8)) == 0;
    return size == 0 || std::memcmp(a.data(), b.data(), size) == 0;
  }
  static std::uint64_t word_at(std::string_view bytes, std::size_t offset) noexcept {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
  }
  static Item* item_at(const bucket* in, unsigned slot) noexcept {
    return static_cast<Item*>(bucket::address(in->words[slot]));
  }
  static std::uint32_t reversed(std::uint32_t bits) noexcept {
    bits = ((bits >> 1) & 0x5555'5555u) | ((bits & 0x5555'5555u) << 1);
    bits = ((bits >> 2) & 0x3333'3333u) | ((bits & 0x3333'3333u) << 2);
    bits = ((bits >> 4) & 0x0f0f'0f0fu) | ((bits & 0x0f0f'0f0fu) << 4);
    return __builtin_bswap32(bits);
  }

  bucket_table table_;
};

template <class Item>
template <class Predicate>
typename dictionary<Item>::position dictionary<Item>::find_if(std::uint64_t hash,
                                                              Predicate&& is_it) const noexcept {
  position result{hash};
  if (!table_.has_directory()) [[unlikely]]
    return result;
  const auto top = result.top();
  const auto here = table_.segment_of(top);
  const auto fingerprint = bucket::fingerprint(top);
  const auto tag = bucket::tag(top);
  auto b = here.home(top);
  for (std::uint32_t step = 0; step < here.count; ++step) {
    auto* in = here.buckets + b;
    for (auto mask = in->matches(fingerprint); mask != 0; mask &= mask - 1) {
      const auto slot = bucket::slot_of(mask);
      if ((in->words[slot] & ~bucket::address_bits) != tag)
        continue;
      if (auto* item = item_at(in, slot); is_it(item)) [[likely]] {
        result.item = item;
        result.at = {in, slot};
        return result;
      }
    }
    if (in->passed() == 0) [[likely]]
      break;
    b = b + 1 == here.count ? 0 : b + 1;
  }
  return result;
}

template <class Item>
void dictionary<Item>::prefetch_item(std::uint64_t hash, std::size_t bytes) const noexcept {
  if (!table_.has_directory())
    return;
  const auto top = static_cast<std::uint32_t>(hash >> 32);
  const auto here = table_.segment_of(top);
  const auto& in = here.buckets[here.home(top)];
  for (auto mask = in.matches(bucket::fingerprint(top)); mask != 0; mask &= mask - 1) {
    const auto* item = reinterpret_cast<const char*>(item_at(&in, bucket::slot_of(mask)));
    prefetch(item);
    prefetch(item + bytes - 1);
  }
}

template <class Item>
template <class Visitor>
std::uint64_t dictionary<Item>::scan(std::uint64_t cursor, std::size_t count,
                                     Visitor&& visit) const {
  if (!table_.has_directory())
    return 0;
  auto top = reversed(static_cast<std::uint32_t>(cursor));
  // As many empty buckets as ten times the count, then the caller gets a word in.
  const auto buckets_max = count * 10;
  std::size_t visited = 0;
  for (std::size_t buckets = 0; buckets < buckets_max || buckets == 0; ++buckets) {
    visited += table_.visit_home(top, [&](void* item) { visit(*static_cast<Item*>(item)); });
    top = table_.next_boundary(top);
    if (top == 0 || visited >= count)
      break;
  }
  return reversed(top);
}

} // namespace thespis::base
