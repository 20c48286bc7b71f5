#pragma once

/// A larger sorted set: its items, found by member through a hash table and by place through a
/// tree.
///
///     by member   dictionary --+--> | score | member |      one block each (zset_item.hpp)
///     by place    rank_tree  --+
///
/// - Every item is in both, once, and stays where it is; this owns its block. A new score moves it
///   in the tree only.
/// - Changes throw std::bad_alloc with nothing changed.
/// - Cost: O(1) to find a member and its score; O(log n) for a place in the order, and to insert,
///   to move and to erase an item.

#include "base/dictionary.hpp"
#include "base/size_class.hpp"
#include "types/rank_tree.hpp"
#include "types/zset_item.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace thespis::types {

class ranked_items {
public:
  using position = base::dictionary<zset_item>::position;

  ranked_items() noexcept;
  ranked_items(const ranked_items&) = delete;
  ranked_items& operator=(const ranked_items&) = delete;
  ~ranked_items();

  std::unique_ptr<ranked_items> copy() const;

  std::size_t size() const noexcept {
    return order_.size();
  }
  std::size_t memory_bytes() const noexcept;
  base::table_statistics statistics() const {
    return by_member_.statistics();
  }
  /// See keyspace/object.hpp.
  std::size_t effort() const noexcept {
    return size() + item_bytes_ / base::large_bytes;
  }

  position find(std::string_view member) const noexcept {
    return by_member_.find(member, by_member_.hash(member));
  }
  const rank_tree& order() const noexcept {
    return order_;
  }
  /// See base::dictionary.
  template <class Visitor> // void(zset_item&)
  std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visitor&& visit) const {
    return by_member_.scan(cursor, count, visit);
  }

  /// REQUIRES: `member` is not in the set; `at` is where find() says that it is not.
  void insert(position& at, std::string_view member, double score);
  void insert(std::string_view member, double score) {
    auto at = find(member);
    insert(at, member, score);
  }
  /// REQUIRES: there is an item.
  void set_score(const position& at, double score) {
    order_.move(at.item, score);
  }
  /// REQUIRES: there is an item.
  void erase(position& at) noexcept;
  /// Takes out `count` items from that place on. REQUIRES: they exist.
  void erase_range(std::size_t rank, std::size_t count) noexcept;

private:
  void free_item(zset_item* doomed) noexcept {
    item_bytes_ -= doomed->memory_bytes();
    zset_item::free(doomed);
  }

  base::dictionary<zset_item> by_member_;
  rank_tree order_;
  std::size_t item_bytes_ = 0;
};

} // namespace thespis::types
