#pragma once

/// An ordered index from stream IDs to words: the blocks of a stream by the ID of their first
/// entry, and pending entries by theirs. A B+-tree:
///
///     inner  count | children and, for each but the first, the lowest ID below it
///     leaf   count | capacity | previous | next | (ID, word), (ID, word) …
///
/// - IDs mostly come in ascending order: a full leaf at the end is left full when the next one
///   begins; one in the middle is halved.
/// - A tree of one leaf starts small and grows, so that a consumer with two pending entries costs
///   no page of memory. Other leaves have room for `leaf_slots`.
/// - Empty nodes are given back. A leaf that is less than half full is merged with a neighbour of
///   the same parent, if that leaves a quarter of the room to spare; inner nodes never are. All
///   leaves are equally deep.
///
/// It owns its nodes, not what the words stand for. Not thread-safe. What throws std::bad_alloc
/// leaves the tree as it was. Its typed face is id_map.hpp.

#include "types/leaf_place.hpp"
#include "types/stream_id.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace thespis::types {

class id_tree {
public:
  struct slot {
    stream_id id;
    void* word;
  };
  struct leaf {
    std::uint32_t count;
    std::uint32_t capacity;
    leaf* previous;
    leaf* next;

    slot* slots() noexcept {
      return reinterpret_cast<slot*>(this + 1);
    }
  };

  /// A place. A change of the tree makes it invalid.
  class iterator {
  public:
    iterator() noexcept = default;
    explicit operator bool() const noexcept {
      return at_.in != nullptr;
    }
    const stream_id& id() const noexcept {
      return at_.in->slots()[at_.index].id;
    }
    void* word() const noexcept {
      return at_.in->slots()[at_.index].word;
    }
    iterator& operator++() noexcept {
      at_.forward();
      return *this;
    }
    iterator& operator--() noexcept {
      at_.back();
      return *this;
    }

  private:
    friend class id_tree;
    iterator(leaf* in, std::uint32_t index) noexcept : at_{in, index} {
    }
    leaf_place<leaf> at_;
  };

  id_tree() noexcept = default;
  id_tree(id_tree&& other) noexcept {
    swap(other);
  }
  id_tree& operator=(id_tree&& other) noexcept {
    swap(other);
    return *this;
  }
  ~id_tree() {
    clear();
  }

  std::size_t size() const noexcept {
    return size_;
  }
  bool empty() const noexcept {
    return size_ == 0;
  }
  /// Bytes of the nodes, and how many there are.
  std::size_t memory_bytes() const noexcept {
    return node_bytes_;
  }
  std::size_t nodes() const noexcept {
    return nodes_;
  }

  // Cost, of all but first(), last() and clear(): O(log n).

  /// Returns false if there is one under that ID, and nothing is changed. Throws std::bad_alloc.
  bool insert(const stream_id& id, void* word);
  /// Returns the word, or null if there is none.
  void* erase(const stream_id& id) noexcept;
  void* find(const stream_id& id) const noexcept;
  /// Puts another word under an ID. REQUIRES: there is one.
  void replace(const stream_id& id, void* word) noexcept;
  /// The first place with that ID or a higher one; none: false.
  iterator at_least(const stream_id& id) const noexcept;
  /// The last place with that ID or a lower one; none: false.
  iterator at_most(const stream_id& id) const noexcept;
  iterator first() const noexcept {
    return {first_, 0};
  }
  iterator last() const noexcept {
    return last_ == nullptr ? iterator{} : iterator{last_, last_->count - 1};
  }
  /// Frees the nodes.
  void clear() noexcept;
  void swap(id_tree& other) noexcept {
    std::swap(root_, other.root_);
    std::swap(first_, other.first_);
    std::swap(last_, other.last_);
    std::swap(height_, other.height_);
    std::swap(size_, other.size_);
    std::swap(nodes_, other.nodes_);
    std::swap(node_bytes_, other.node_bytes_);
  }

private:
  static constexpr std::uint32_t leaf_slots = 41;
  static constexpr std::uint32_t first_slots = 4;
  static constexpr std::uint32_t inner_children = 42;
  /// A root is split when it is full, so 2^64 insertions do not lead to more levels than that.
  static constexpr unsigned height_max = 24;

  struct inner {
    std::uint32_t count;
    /// The lowest ID below each child, or a lower one that is above all before it.
    stream_id lows[inner_children];
    void* children[inner_children];
  };
  struct step {
    inner* node;
    std::uint32_t index;
  };
  struct path {
    step steps[height_max];
    leaf* in;
    std::uint32_t index;
  };

  leaf* leaf_of(const stream_id& id) const noexcept;
  path descend(const stream_id& id) const noexcept;
  static std::uint32_t lower_slot(leaf* in, const stream_id& id) noexcept;
  static std::uint32_t child_of(const inner* node, const stream_id& id) noexcept;
  leaf* make_leaf(std::uint32_t capacity);
  inner* make_inner();
  void free_leaf(leaf* doomed) noexcept;
  void free_inner(inner* doomed) noexcept;
  void free_below(void* node, unsigned height) noexcept;
  void grow_root_leaf();
  void add_root();
  void make_room(const stream_id& id);
  void split_inner(inner* parent, std::uint32_t index, const stream_id& id);
  void split_leaf(inner* parent, std::uint32_t index, const stream_id& id);
  void unlink(leaf* gone) noexcept;
  void drop_child(path& way) noexcept;
  void merge_with_neighbour(path& way) noexcept;

  /// A leaf if height_ is 0; null when empty.
  void* root_ = nullptr;
  leaf* first_ = nullptr;
  leaf* last_ = nullptr;
  unsigned height_ = 0;
  std::size_t size_ = 0;
  std::size_t nodes_ = 0;
  std::size_t node_bytes_ = 0;
};

} // namespace thespis::types
