#pragma once

/// A place among the items of a tree whose leaves are linked, and the way to the next one. A leaf
/// has `count` items, and `previous` and `next`, which are null at the ends; none is empty.

namespace thespis::types {

template <class Leaf>
struct leaf_place {
  /// Null: no place.
  Leaf* in = nullptr;
  unsigned index = 0;

  /// From the last item on it is no place any more.
  void forward() noexcept {
    if (++index == in->count) {
      in = in->next;
      index = 0;
    }
  }
  /// From the first item on it is no place any more.
  void back() noexcept {
    if (index == 0) {
      in = in->previous;
      index = in == nullptr ? 0 : in->count;
    }
    --index;
  }
};

} // namespace thespis::types
