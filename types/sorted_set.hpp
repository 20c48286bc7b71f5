#pragma once

/// A sorted set: members, each with a score, in the order of (score, bytes of the member). One
/// word:
///
///     ...0000   a packed_list (packed_ranking.hpp), or null when empty     "listpack"
///     ...0001   ranked_items: a hash table and a tree of all items         "skiplist"
///
/// It begins packed, and leaves that form for good when a member is added beyond the limits. A
/// place in the order ("rank") counts from 0. Changes throw std::bad_alloc with nothing changed,
/// and make all views of members invalid. Scores are never NaN; -0 equals 0,
/// and is kept by the second form only.

#include "types/packed_limits.hpp"
#include "types/packed_ranking.hpp"
#include "types/ranked_items.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace thespis::types {

class sorted_set {
public:
  /// Where a member is, or that there is none. Stays right until the next change.
  class place {
  public:
    explicit operator bool() const noexcept {
      return found_;
    }
    /// REQUIRES: there is a member.
    double score() const noexcept {
      return score_;
    }

  private:
    friend class sorted_set;
    bool found_ = false;
    double score_ = 0;
    ranked_items::position item_{};
    packed_list::iterator packed_{};
  };

  sorted_set() noexcept = default;
  sorted_set(sorted_set&& other) noexcept : word_(std::exchange(other.word_, 0)) {
  }
  sorted_set& operator=(sorted_set&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~sorted_set();

  // -- a value of the keyspace: see keyspace/object.hpp ------------------------------------------
  static sorted_set adopt(void* word) noexcept {
    sorted_set value;
    value.word_ = reinterpret_cast<std::uintptr_t>(word);
    return value;
  }
  void* release() noexcept {
    return reinterpret_cast<void*>(std::exchange(word_, 0)); // NOLINT: that is what the word is
  }
  sorted_set copy() const;
  std::size_t size() const noexcept;
  std::size_t memory_bytes() const noexcept;
  /// Of its hash table, if it is large enough to have one. Cost: O(size).
  std::optional<base::table_statistics> statistics() const;
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return is_packed() ? 1 : ranked().effort();
  }
  std::string_view encoding_name() const noexcept {
    return is_packed() ? "listpack" : "skiplist";
  }
  /// Whether all of it is in one block; then look-ups cost O(size()).
  bool is_packed() const noexcept {
    return (word_ & ranked_tag) == 0;
  }

  // -- by member: O(1), or O(size()) when packed -------------------------------------------------
  place find(std::string_view member) const noexcept;
  std::optional<double> score(std::string_view member) const noexcept {
    const auto at = find(member);
    return at ? std::optional{at.score()} : std::nullopt;
  }
  /// REQUIRES: there is a member. Cost: O(log n).
  std::size_t rank_of(const place& at) const noexcept;

  // -- by order: O(log n) ------------------------------------------------------------------------
  /// How many members have a lower score, or (`or_equal`) no higher one.
  std::size_t count_below(double score, bool or_equal) const noexcept;
  /// How many members are less, or (`or_equal`) not greater. Means nothing unless all scores are
  /// the same.
  std::size_t count_below(std::string_view member, bool or_equal) const noexcept;
  /// Calls visit(std::string_view member, double score) for `count` members: those from place
  /// `first` on in ascending order, or, if `descending`, from there back; a visitor that returns a
  /// bool ends that with false. REQUIRES: they exist. Cost: O(log n + count).
  template <class Visitor>
  void visit(std::size_t first, std::size_t count, bool descending, Visitor&& visit) const;
  template <class Visitor>
  void visit_all(Visitor&& visit) const {
    this->visit(0, size(), false, visit);
  }
  /// Visits about `count` members (all of them when packed) from a cursor on, and returns where the
  /// next call goes on; 0 at the beginning and at the end.
  template <class Visitor>
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const;

  // -- change ------------------------------------------------------------------------------------
  /// REQUIRES: find(member) has just given `at`, without a member; `member` is no view of this set.
  void insert(place& at, std::string_view member, double score, const packed_limits& limits);
  void insert(std::string_view member, double score, const packed_limits& limits) {
    auto at = find(member);
    insert(at, member, score, limits);
  }
  /// REQUIRES (as erase): there is a member.
  void set_score(place& at, double score);
  void erase(place& at) noexcept;
  /// Takes out `count` members from that place on. REQUIRES: they exist. Cost: O(count log n).
  void erase_range(std::size_t rank, std::size_t count) noexcept;
  /// Leaves the packed form if so many members, or one so long, are too much for it.
  void expect(std::size_t members, std::size_t member_bytes, const packed_limits& limits);

private:
  static constexpr std::uintptr_t ranked_tag = 1;

  /// The packed form, in the hand of who looks at it or changes it; its word goes back in the end.
  class packed_access {
  public:
    explicit packed_access(const sorted_set& of) noexcept
      : of_(const_cast<sorted_set&>(of)), // NOLINT: the word of a constant set does not change
        list_(packed_list::adopt(of_.release())) {
    }
    ~packed_access() {
      of_.word_ = reinterpret_cast<std::uintptr_t>(list_.release());
    }
    packed_access(const packed_access&) = delete;
    packed_access& operator=(const packed_access&) = delete;
    packed_list& operator*() noexcept {
      return list_;
    }
    packed_list* operator->() noexcept {
      return &list_;
    }

  private:
    sorted_set& of_;
    packed_list list_;
  };

  ranked_items& ranked() const noexcept {
    return *reinterpret_cast<ranked_items*>(word_ - ranked_tag); // NOLINT: as release()
  }
  void become_ranked();
  /// Whether to go on.
  template <class Visitor>
  static bool call(Visitor& visit, std::string_view member, double score) {
    if constexpr (std::is_same_v<decltype(visit(member, score)), bool>)
      return visit(member, score);
    else
      return visit(member, score), true;
  }
  template <class Visitor>
  static void visit_packed_back(const packed_list& list, std::size_t first, std::size_t count,
                                Visitor&& visit);

  std::uintptr_t word_ = 0;
};

template <class Visitor>
void sorted_set::visit(std::size_t first, std::size_t count, bool descending,
                       Visitor&& visit) const {
  if (count == 0)
    return;
  if (is_packed()) {
    packed_access list{*this};
    if (descending)
      return visit_packed_back(*list, first, count, visit);
    for (auto at = packed_ranking::at(*list, first); count > 0; --count) {
      const auto member = *at;
      if (!call(visit, member, packed_ranking::score_at(at)))
        return;
      ++ ++at;
    }
    return;
  }
  constexpr int ahead = 8;
  auto at = ranked().order().at(first);
  for (; count > 0; --count) {
    at.prefetch(descending ? -ahead : ahead);
    const auto* item = *at;
    if (!call(visit, item->member(), item->score()) || count == 1)
      break;
    if (descending)
      --at;
    else
      ++at;
  }
}

/// A packed list goes forward only, so places are noted for a stretch at a time.
template <class Visitor>
void sorted_set::visit_packed_back(const packed_list& list, std::size_t first, std::size_t count,
                                   Visitor&& visit) {
  constexpr std::size_t stretch_max = 128;
  packed_list::iterator places[stretch_max];
  for (auto end = first + 1; count > 0;) {
    const auto stretch = std::min(count, stretch_max);
    auto at = packed_ranking::at(list, end - stretch);
    for (std::size_t i = 0; i < stretch; ++i, ++ ++at)
      places[i] = at;
    for (auto i = stretch; i-- > 0;)
      if (!call(visit, *places[i], packed_ranking::score_at(places[i])))
        return;
    end -= stretch;
    count -= stretch;
  }
}

template <class Visitor>
std::uint64_t sorted_set::scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const {
  if (!is_packed())
    return ranked().scan(cursor, count,
                         [&](const zset_item& item) { visit(item.member(), item.score()); });
  visit_all(visit);
  return 0;
}

} // namespace thespis::types
