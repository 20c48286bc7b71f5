#pragma once

/// The nodes of rank_tree: how they lie in memory, how they are searched. How they are balanced is
/// the tree's business.

#include "types/zset_item.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::types {

/// What is searched for in a tree: a place in the order.
struct rank_goal {
  std::uint64_t image;
  std::string_view member;
};

/// How many of the `count` ascending numbers are less than `limit`. No branch depends on them.
template <class Number>
unsigned count_less(const Number* numbers, unsigned count, Number limit) noexcept {
  const auto* at = numbers;
  while (count > 1) {
    const auto half = count / 2;
    at += at[half - 1] < limit ? half : 0;
    count -= half;
  }
  return static_cast<unsigned>(at - numbers) + (count == 1 && *at < limit ? 1 : 0);
}

/// The first of the indexes begin..end for which `is_beyond(index)` holds; it holds for all behind.
template <class Predicate>
unsigned first_beyond(unsigned begin, unsigned end, Predicate&& is_beyond) noexcept {
  while (begin < end) {
    const auto middle = begin + (end - begin) / 2;
    if (is_beyond(middle))
      end = middle;
    else
      begin = middle + 1;
  }
  return begin;
}

template <class Number>
void move_numbers(Number* to, const Number* from, unsigned count) noexcept {
  std::memmove(to, from, count * sizeof(Number));
}

/// Items as leaves hold them, 10 bytes for each: the upper half of its image, and its address, of
/// which 48 bits tell the 52 lowest ones because items are 16-byte aligned.
template <unsigned Room>
struct rank_columns {
  std::uint32_t images[Room];
  std::uint32_t lows[Room];
  std::uint16_t highs[Room];

  /// Copies `n` items from one place to another, which may overlap.
  template <unsigned OtherRoom>
  void copy(unsigned index, const rank_columns<OtherRoom>& from, unsigned begin,
            unsigned n) noexcept {
    move_numbers(images + index, from.images + begin, n);
    move_numbers(lows + index, from.lows + begin, n);
    move_numbers(highs + index, from.highs + begin, n);
  }
};

inline constexpr unsigned rank_leaf_room = 74;

struct rank_leaf : rank_columns<rank_leaf_room> {
  static constexpr unsigned room = rank_leaf_room;

  static std::uint32_t upper(std::uint64_t image) noexcept {
    return static_cast<std::uint32_t>(image >> 32);
  }
  zset_item* item(unsigned index) const noexcept {
    const auto address = (std::uint64_t{highs[index]} << 32 | lows[index]) << 4;
    return reinterpret_cast<zset_item*>(address); // NOLINT: that is what the number is
  }
  /// The first index whose item is not less than `wanted`.
  unsigned find(const rank_goal& wanted) const noexcept {
    return first_of_ties(upper(wanted.image), [&](unsigned i) {
      const auto other = score_image(item(i)->score());
      return other != wanted.image ? other > wanted.image : item(i)->member() >= wanted.member;
    });
  }
  /// How many items have an image less than `limit`.
  unsigned count_images_below(std::uint64_t limit) const noexcept {
    return first_of_ties(upper(limit),
                         [&](unsigned i) { return score_image(item(i)->score()) >= limit; });
  }
  void insert(unsigned index, zset_item* item) noexcept {
    copy(index + 1, *this, index, count - index);
    const auto address = reinterpret_cast<std::uintptr_t>(item) >> 4;
    images[index] = upper(score_image(item->score()));
    lows[index] = static_cast<std::uint32_t>(address);
    highs[index] = static_cast<std::uint16_t>(address >> 32);
    ++count;
  }
  void erase(unsigned index) noexcept {
    --count;
    copy(index, *this, index + 1, count - index);
  }
  /// The last `n` items become the first ones of the leaf behind this one.
  void give_to_next(rank_leaf& next_one, unsigned n) noexcept {
    next_one.copy(n, next_one, 0, next_one.count);
    next_one.copy(0, *this, count - n, n);
    next_one.count += n;
    count -= n;
  }
  /// The first `n` items of the leaf behind this one become the last ones.
  void take_from_next(rank_leaf& next_one, unsigned n) noexcept {
    copy(count, next_one, 0, n);
    count += n;
    next_one.count -= n;
    next_one.copy(0, next_one, n, next_one.count);
  }

  std::uint32_t count;
  rank_leaf* previous;
  rank_leaf* next;

private:
  /// The first index with a greater image, or with the same one and is_beyond(index).
  template <class Predicate>
  unsigned first_of_ties(std::uint32_t image, Predicate&& is_beyond) const noexcept {
    const auto begin = count_less(images, count, image);
    if (begin == count || images[begin] != image)
      return begin;
    const auto ties = count_less(images + begin, count - begin, image + 1);
    return first_beyond(begin, begin + ties, is_beyond);
  }
};

static_assert(sizeof(rank_leaf) <= 768);

struct rank_inner {
  static constexpr unsigned room = 63;

  /// The child that holds `wanted`, or would.
  unsigned find(const rank_goal& wanted) const noexcept {
    auto beyond = count_less(images, count, wanted.image);
    if (beyond < count && images[beyond] == wanted.image) [[unlikely]] {
      const auto ties = count_less(images + beyond, count - beyond, wanted.image + 1);
      beyond = first_beyond(beyond, beyond + ties,
                            [&](unsigned i) { return firsts[i]->member() > wanted.member; });
    }
    return beyond == 0 ? 0 : beyond - 1;
  }
  /// How many items are in the children before `index`.
  std::size_t items_before(unsigned index) const noexcept {
    std::size_t sum = 0;
    for (unsigned i = 0; i < index; ++i)
      sum += counts[i];
    return sum;
  }
  std::size_t all_items() const noexcept {
    return items_before(count);
  }
  /// The child with the item at place `rank` of this node, and the item's place in there.
  unsigned find_rank(std::size_t& rank) const noexcept {
    unsigned index = 0;
    for (; rank >= counts[index]; ++index)
      rank -= counts[index];
    return index;
  }

  void set(unsigned index, std::uint64_t image, zset_item* first) noexcept {
    images[index] = image;
    firsts[index] = first;
  }
  /// Brings what is said of a child up to date.
  void describe(unsigned index, const rank_leaf& child) noexcept {
    set(index, score_image(child.item(0)->score()), child.item(0));
    counts[index] = child.count;
  }
  void describe(unsigned index, const rank_inner& child) noexcept {
    set(index, child.images[0], child.firsts[0]);
    counts[index] = static_cast<std::uint32_t>(child.all_items());
  }
  /// Makes a child's place; describe() fills the rest in.
  void insert(unsigned index, void* child) noexcept {
    const auto behind = count - index;
    move_numbers(images + index + 1, images + index, behind);
    move_numbers(firsts + index + 1, firsts + index, behind);
    move_numbers(children + index + 1, children + index, behind);
    move_numbers(counts + index + 1, counts + index, behind);
    children[index] = child;
    ++count;
  }
  void erase(unsigned index) noexcept {
    const auto behind = --count - index;
    move_numbers(images + index, images + index + 1, behind);
    move_numbers(firsts + index, firsts + index + 1, behind);
    move_numbers(children + index, children + index + 1, behind);
    move_numbers(counts + index, counts + index + 1, behind);
  }
  /// Puts the children of `from` from `first` on behind this node's own.
  void append(rank_inner& from, unsigned first) noexcept {
    const auto n = from.count - first;
    move_numbers(images + count, from.images + first, n);
    move_numbers(firsts + count, from.firsts + first, n);
    move_numbers(children + count, from.children + first, n);
    move_numbers(counts + count, from.counts + first, n);
    count += n;
    from.count = first;
  }

  std::uint32_t count;
  std::uint32_t counts[room];
  std::uint64_t images[room];
  zset_item* firsts[room];
  void* children[room];
};

static_assert(sizeof(rank_inner) <= 1792);

} // namespace thespis::types
