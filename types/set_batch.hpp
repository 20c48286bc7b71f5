#pragma once

/// Asks sets for many elements at a time. The look-ups of a hash table wait for memory; done one
/// step after the other for a whole batch, their lines are under way together. That is what set
/// operations over large sets spend their time on.

#include "types/set.hpp"
#include "types/set_element.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace thespis::types {

class set_batch {
public:
  static constexpr std::size_t capacity = 32;

  set_batch() noexcept = default;
  set_batch(const set_batch&) = delete;
  set_batch& operator=(const set_batch&) = delete;

  bool full() const noexcept {
    return count_ == capacity;
  }
  std::span<const set_element> elements() const noexcept {
    return {elements_.data(), count_};
  }
  /// REQUIRES: !full().
  void push(set_element element) noexcept {
    elements_[count_++] = element;
  }
  void clear() noexcept {
    count_ = 0;
    hashed_ = 0;
  }
  /// Leaves those that `other` has, or those that it does not have, in their order.
  void keep(const set& other, bool had) noexcept;

private:
  void hash_all() noexcept;
  template <class Predicate> // bool(std::size_t index)
  void keep_if(Predicate&& wanted) noexcept;

  std::size_t count_ = 0;
  /// How many have text and hash, from the front.
  std::size_t hashed_ = 0;
  std::array<set_element, capacity> elements_;
  std::array<std::string_view, capacity> texts_;
  std::array<std::uint64_t, capacity> hashes_;
  /// Where the texts of integers are; a text stays while its element moves to the front.
  char digits_[capacity][24];
};

/// Calls bool visit(set_element) for the members of `from` that all of `with` have and none of
/// `without` has, until it returns true. Returns whether it did. REQUIRES: the sets do not change
/// meanwhile. Cost: O(size of `from`) look-ups in each set, fewer if the first ones refuse much.
template <class Visitor>
bool any_of_those(const set& from, std::span<const set* const> with,
                  std::span<const set* const> without, Visitor&& visit) {
  set_batch batch;
  const auto visit_batch = [&] {
    for (const auto* other : with)
      batch.keep(*other, true);
    for (const auto* other : without)
      batch.keep(*other, false);
    for (const auto element : batch.elements())
      if (visit(element))
        return true;
    batch.clear();
    return false;
  };
  return from.any_of([&](set_element member) {
    batch.push(member);
    return batch.full() && visit_batch();
  }) || visit_batch();
}

} // namespace thespis::types
