#pragma once

/// The order of a larger sorted set: a B+-tree over its items by (score, bytes of the member) that
/// counts, so that "which place has this item" and "which item has this place" cost O(log n).
///
///     inner  count | 63 counts | 63 images | 63 first items | 63 children
///                    child i holds the items from first item i on; its count is of all its items
///
///     leaf   74 upper halves of images | 74 items, of 48 bits each | count | previous | next
///
/// - An image (`score_image`) orders as the score does. A search compares integers that lie side by
///   side, and looks at an item only where they tie. A leaf is 768 bytes, an allocator's size.
/// - All leaves are equally deep. No node is empty.
/// - A full leaf evens out with three neighbours of the same parent, and where they are full, too,
///   the four become five (after the B*-tree; Knuth, volume 3, 6.2.4). At the end of the order it
///   keeps all but one of its items, so that ascending insertion leaves full leaves behind.
///   Neighbours that fit into one leaf with some room merge. Random orders fill leaves to 88 %,
///   ascending ones to 98 %.
/// - First items and images in inner nodes are exact, so no freed item is ever looked at.
///
/// The tree owns its nodes, not the items. Not thread-safe. What throws std::bad_alloc leaves the
/// order as it was. There is room for 2^32 - 1 items.

#include "base/prefetch.hpp"
#include "types/leaf_place.hpp"
#include "types/rank_tree_nodes.hpp"
#include "types/zset_item.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::types {

class rank_tree {
public:
  /// A place in the order. A change of the tree makes it invalid.
  class iterator {
  public:
    iterator() noexcept = default;
    zset_item* operator*() const noexcept {
      return at_.in->item(at_.index);
    }
    /// From the last item on it is no place any more.
    iterator& operator++() noexcept {
      at_.forward();
      return *this;
    }
    /// From the first item on it is no place any more.
    iterator& operator--() noexcept {
      at_.back();
      return *this;
    }
    /// Brings the item some places on (or back) towards the cache, if it is in the same leaf.
    void prefetch(int distance) const noexcept {
      const auto index = at_.index + static_cast<unsigned>(distance);
      if (index < at_.in->count)
        base::prefetch(at_.in->item(index));
    }

  private:
    friend class rank_tree;
    iterator(rank_leaf* in, unsigned index) noexcept : at_{in, index} {
    }
    leaf_place<rank_leaf> at_;
  };

  rank_tree() noexcept = default;
  rank_tree(const rank_tree&) = delete;
  rank_tree& operator=(const rank_tree&) = delete;
  ~rank_tree() {
    clear();
  }

  std::size_t size() const noexcept {
    return size_;
  }
  /// Bytes of all nodes.
  std::size_t memory_bytes() const noexcept {
    return node_bytes_;
  }

  // -- change: cost O(log n) ---------------------------------------------------------------------
  /// Throws std::bad_alloc. REQUIRES: no item with this member is in the tree.
  void insert(zset_item* item);
  /// REQUIRES (as move, rank_of): the item is in the tree.
  void erase(const zset_item* item) noexcept;
  /// Takes out the item at that place and returns it. REQUIRES: rank < size().
  zset_item* erase_at(std::size_t rank) noexcept;
  /// Gives the item another score. Throws std::bad_alloc.
  void move(zset_item* item, double score);
  /// Frees the nodes.
  void clear() noexcept;

  // -- look-up: cost O(log n) --------------------------------------------------------------------
  std::size_t rank_of(const zset_item* item) const noexcept;
  /// How many items have a lower score, or (`or_equal`) no higher one.
  std::size_t count_below(double score, bool or_equal) const noexcept;
  /// How many members are less, or (`or_equal`) not greater. Means nothing unless all scores are
  /// the same.
  std::size_t count_below(std::string_view member, bool or_equal) const noexcept;
  /// REQUIRES: rank < size().
  iterator at(std::size_t rank) const noexcept;

  /// Ends the process if an invariant does not hold; for tests. Cost: O(n).
  void check() const;
  /// The share of places in leaves that are taken. Cost: O(n).
  double fill() const noexcept;

private:
  /// More than 2^32 items need, even if nodes are half empty.
  static constexpr unsigned height_max = 12;

  struct step {
    rank_inner* node;
    unsigned index;
  };
  /// The way from the root (first) to a place in a leaf.
  struct path {
    step steps[height_max];
    rank_leaf* leaf;
    unsigned index;
  };

  static rank_goal goal_of(const zset_item* item) noexcept {
    return {score_image(item->score()), item->member()};
  }
  path find(const rank_goal& wanted) const noexcept;
  path find_rank(std::size_t rank) const noexcept;
  void place(path& way, zset_item* item) noexcept;
  /// Whether nodes have gone, so that other paths are no longer valid.
  bool remove(path& way) noexcept;
  /// The first item below the node of step `level` is another one now.
  void tell_first(path& way, unsigned level, std::uint64_t image, zset_item* first) noexcept;

  // rank_tree_balance.cpp
  void make_room(const rank_goal& wanted);
  void add_root();
  void split_inner(rank_inner* parent, unsigned index, unsigned keep);
  void make_room_in_leaf(rank_inner* parent, unsigned index, const rank_goal& wanted);
  static void even_out(rank_inner* parent, unsigned first, unsigned leaves) noexcept;
  void split_leaf(rank_inner* parent, unsigned index, unsigned keep);
  bool rebalance(path& way) noexcept;
  unsigned drop_empty(path& way) noexcept;
  bool merge_leaves(rank_inner* parent, unsigned index) noexcept;
  bool merge_inners(rank_inner* parent, unsigned index) noexcept;
  void drop_single_roots() noexcept;
  rank_leaf* make_leaf();
  rank_inner* make_inner();
  void free_leaf(rank_leaf* doomed) noexcept;
  void free_inner(rank_inner* doomed) noexcept;
  void free_below(void* node, unsigned height) noexcept;

  /// A leaf if height_ is 0, else an inner node; null when empty.
  void* root_ = nullptr;
  rank_leaf* first_ = nullptr;
  rank_leaf* last_ = nullptr;
  unsigned height_ = 0;
  std::size_t size_ = 0;
  std::size_t node_bytes_ = 0;
};

} // namespace thespis::types
