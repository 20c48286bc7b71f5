#pragma once

/// A set of byte strings (SADD): sorted integers while it has nothing else, a packed list while it
/// is small, a hash table from there on.
///
///     word  0                   no members
///           address | 0         packed_list: a small block, searched from the front
///           address | 1         int_set: integers of 2, 4 or 8 bytes in one block
///           address | 2         set_table: an extendible hash table of single strings
///           4                   no members, and the first will be packed
///
/// Blocks are 16-byte aligned, so the lowest bits are free. A set of the first two forms is one
/// block directly behind the entry of the keyspace.
///
/// - Which form a set has follows Redis 7.2 to the letter (OBJECT ENCODING tells clients): only
///   additions change it, never back to a smaller form.
/// - Elements that a set hands out are views into it, valid until it changes.
/// - Additions throw std::bad_alloc with the same members as before.
/// - Cost: O(1) for a table, O(log n) to look up an integer, else O(n) of a bounded n.

#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "types/int_set.hpp"
#include "types/lent.hpp"
#include "types/packed_limits.hpp"
#include "types/packed_list.hpp"
#include "types/set_element.hpp"
#include "types/set_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::types {

/// Up to what a set is packed or has integers only (set-max-listpack-*, set-max-intset-entries).
struct set_limits {
  packed_limits packed;
  std::size_t integers = 512;
};

class set {
public:
  enum class form : std::uint8_t { packed, integers, table };

  set() noexcept = default;
  set(set&& other) noexcept : word_(std::exchange(other.word_, 0)) {
  }
  set& operator=(set&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~set() {
    if (word_ > begins_packed)
      destroy();
  }
  /// A set without members whose first one will not make it a set of integers.
  static set packed_from_start() noexcept {
    set out;
    out.word_ = begins_packed;
    return out;
  }

  static set adopt(void* word) noexcept {
    set out;
    out.word_ = reinterpret_cast<std::uintptr_t>(word);
    return out;
  }
  void* release() noexcept {
    return reinterpret_cast<void*>(std::exchange(word_, 0)); // NOLINT: that is what the word is
  }
  set copy() const;

  form stored() const noexcept {
    return static_cast<form>(word_ & form_bits);
  }
  std::size_t size() const noexcept;
  bool empty() const noexcept {
    return word_ <= begins_packed;
  }
  std::size_t memory_bytes() const noexcept;
  /// Of its hash table, if it is large enough to have one. Cost: O(size).
  std::optional<base::table_statistics> statistics() const;
  std::string_view encoding_name() const noexcept;
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return table() == nullptr ? 1 : table()->effort();
  }

  /// Where it is: the same for all views of one set, and for all without members.
  std::uintptr_t address() const noexcept {
    return empty() ? 0 : word_;
  }

  // -- members -----------------------------------------------------------------------------------

  bool contains(set_element member) const noexcept;
  /// Says that up to `count` members will be added, `first` ahead of them: chooses a form that
  /// suits them. REQUIRES: count > 0. Throws std::bad_alloc.
  void expect(set_element first, std::size_t count, const set_limits& limits);
  /// Returns whether it was not there. REQUIRES (as add_absent): not an element of this very set.
  bool add(set_element member, const set_limits& limits);
  /// The same, but cheaper. REQUIRES: it is not there.
  void add_absent(set_element member, const set_limits& limits);
  /// Returns whether it was there. The form stays, unless nothing is left.
  bool remove(set_element member) noexcept;
  /// Makes it a set of integers if it can be one within the limits. Throws std::bad_alloc.
  void to_integers(const set_limits& limits);

  // -- walking -----------------------------------------------------------------------------------

  /// Calls bool visit(set_element) for the members, until it returns true. Returns whether it did.
  /// Integers come in ascending order, packed members in the order of their arrival. REQUIRES (as
  /// for_each, scan): the set does not change meanwhile.
  template <class Visitor>
  bool any_of(Visitor&& visit) const;
  template <class Visitor> // void(set_element)
  void for_each(Visitor&& visit) const {
    any_of([&](set_element member) {
      visit(member);
      return false;
    });
  }
  /// Visits about `count` members of a table from `cursor` on and returns the next cursor; smaller
  /// forms are visited as a whole. 0 is the beginning and the end. Who is there from the first call
  /// to the last is visited at least once, whatever happens in between.
  template <class Visitor> // void(set_element)
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const;

  // -- chance ------------------------------------------------------------------------------------

  /// Each member with the same probability. REQUIRES: !empty().
  set_element pick(base::random_bits& random) const noexcept;
  /// `count` different members, each choice of so many with the same probability, in an order that
  /// means nothing. Cost: O(count), at most O(size()). Throws std::bad_alloc. REQUIRES: count <=
  /// size().
  std::vector<set_element> sample(std::size_t count, base::random_bits& random) const;

  /// Null unless it is a table: for set_batch.
  const set_table* table() const noexcept {
    return stored() == form::table ? static_cast<const set_table*>(block()) : nullptr;
  }

private:
  static constexpr std::uintptr_t form_bits = 3;
  static constexpr std::uintptr_t begins_packed = 4;
  /// Packed lists stay below it, whatever the limits are.
  static constexpr std::size_t packed_bytes_max = std::size_t{1} << 30;

  void* block() const noexcept {
    return reinterpret_cast<void*>(word_ & ~std::uintptr_t{15}); // NOLINT: that is what the word is
  }
  lent<packed_list> packed() const noexcept {
    return lent<packed_list>{block()};
  }
  lent<int_set> integers() const noexcept {
    return lent<int_set>{block()};
  }
  set_table& own_table() noexcept {
    return *static_cast<set_table*>(block());
  }
  void put(void* block, form now) noexcept {
    word_ = block == nullptr
              ? 0
              : reinterpret_cast<std::uintptr_t>(block) | static_cast<std::uintptr_t>(now);
  }
  template <class Form>
  void put_back(lent<Form>& changed, form now) noexcept {
    put(changed->release(), now);
  }

  void destroy() noexcept;
  void to_table();
  bool begins_with_integers(set_element first, std::size_t count,
                            const set_limits& limits) const noexcept;
  bool fits_packed(std::size_t count, std::size_t member_bytes,
                   const set_limits& limits) const noexcept;
  void add_to_integers(set_element member, const set_limits& limits);
  void pack_integers(std::string_view and_this);
  void add_to_packed(std::string_view member, const set_limits& limits);

  std::uintptr_t word_ = 0;
};

template <class Visitor>
bool set::any_of(Visitor&& visit) const {
  switch (stored()) {
    case form::packed:
      for (auto list = packed(); const auto member : *list)
        if (visit(set_element{member}))
          return true;
      return false;
    case form::integers: {
      auto all = integers();
      for (std::size_t i = 0, count = all->size(); i < count; ++i)
        if (visit(set_element{all->at(i)}))
          return true;
      return false;
    }
    case form::table:
      break;
  }
  // The members lie all over the memory: some are under way while others are visited.
  constexpr std::size_t ahead_max = 16;
  const set_member* ahead[ahead_max];
  std::size_t count = 0;
  const auto visit_ahead = [&] {
    for (std::size_t i = 0; i < count; ++i)
      if (visit(set_element{ahead[i]->key()}))
        return true;
    count = 0;
    return false;
  };
  return table()->members().any_of([&](const set_member& member) {
    base::prefetch(&member);
    ahead[count++] = &member;
    return count == ahead_max && visit_ahead();
  }) || visit_ahead();
}

template <class Visitor>
std::uint64_t set::scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const {
  if (const auto* all = table(); all != nullptr)
    return all->members().scan(cursor, count,
                               [&](const set_member& member) { visit(set_element{member.key()}); });
  for_each(visit);
  return 0;
}

} // namespace thespis::types
