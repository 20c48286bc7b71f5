#include "types/id_tree.hpp"

#include "base/ensure.hpp"
#include "base/piecewise.hpp"
#include "base/size_class.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace thespis::types {

namespace {

std::size_t leaf_bytes(std::uint32_t capacity) noexcept {
  return base::size_class(sizeof(id_tree::leaf) + capacity * sizeof(id_tree::slot));
}

template <class T>
void open_place(T* all, std::uint32_t count, std::uint32_t index) noexcept {
  std::memmove(static_cast<void*>(all + index + 1), all + index, (count - index) * sizeof(T));
}

template <class T>
void close_place(T* all, std::uint32_t count, std::uint32_t index) noexcept {
  std::memmove(static_cast<void*>(all + index), all + index + 1, (count - index - 1) * sizeof(T));
}

} // namespace

// -- nodes ----------------------------------------------------------------------------------------

id_tree::leaf* id_tree::make_leaf(std::uint32_t capacity) {
  const auto bytes = leaf_bytes(capacity);
  auto* const made = static_cast<leaf*>(base::allocate(bytes));
  *made = {.count = 0, .capacity = capacity, .previous = nullptr, .next = nullptr};
  node_bytes_ += bytes;
  ++nodes_;
  return made;
}

id_tree::inner* id_tree::make_inner() {
  auto* const made = static_cast<inner*>(base::allocate(base::size_class(sizeof(inner))));
  made->count = 0;
  node_bytes_ += base::size_class(sizeof(inner));
  ++nodes_;
  return made;
}

void id_tree::free_leaf(leaf* doomed) noexcept {
  node_bytes_ -= leaf_bytes(doomed->capacity);
  --nodes_;
  std::free(doomed);
}

void id_tree::free_inner(inner* doomed) noexcept {
  node_bytes_ -= base::size_class(sizeof(inner));
  --nodes_;
  std::free(doomed);
}

void id_tree::free_below(void* node, unsigned height) noexcept {
  if (height == 0)
    return free_leaf(static_cast<leaf*>(node));
  auto* const in = static_cast<inner*>(node);
  for (std::uint32_t i = 0; i < in->count; ++i)
    free_below(in->children[i], height - 1);
  free_inner(in);
  base::end_of_piece();
}

void id_tree::clear() noexcept {
  if (root_ != nullptr)
    free_below(root_, height_);
  root_ = nullptr;
  first_ = last_ = nullptr;
  height_ = 0;
  size_ = 0;
}

// -- looking --------------------------------------------------------------------------------------

/// The last child whose IDs begin at `id` or below.
std::uint32_t id_tree::child_of(const inner* node, const stream_id& id) noexcept {
  const auto* const begin = node->lows + 1;
  const auto* const end = node->lows + node->count;
  return static_cast<std::uint32_t>(std::upper_bound(begin, end, id) - begin);
}

std::uint32_t id_tree::lower_slot(leaf* in, const stream_id& id) noexcept {
  const auto* const begin = in->slots();
  const auto* const end = begin + in->count;
  // Behind the last one: what is added usually is.
  if (in->count != 0 && end[-1].id < id)
    return in->count;
  const auto* const at = std::lower_bound(
    begin, end, id, [](const slot& one, const stream_id& wanted) { return one.id < wanted; });
  return static_cast<std::uint32_t>(at - begin);
}

id_tree::leaf* id_tree::leaf_of(const stream_id& id) const noexcept {
  void* node = root_;
  for (auto level = height_; level > 0; --level) {
    const auto* const in = static_cast<inner*>(node);
    node = in->children[child_of(in, id)];
  }
  return static_cast<leaf*>(node);
}

id_tree::path id_tree::descend(const stream_id& id) const noexcept {
  path way;
  void* node = root_;
  for (unsigned level = 0; level < height_; ++level) {
    auto* const in = static_cast<inner*>(node);
    const auto index = child_of(in, id);
    way.steps[level] = {in, index};
    node = in->children[index];
  }
  way.in = static_cast<leaf*>(node);
  way.index = lower_slot(way.in, id);
  return way;
}

void* id_tree::find(const stream_id& id) const noexcept {
  const auto at = at_least(id);
  return at && at.id() == id ? at.word() : nullptr;
}

void id_tree::replace(const stream_id& id, void* word) noexcept {
  auto* const in = leaf_of(id);
  in->slots()[lower_slot(in, id)].word = word;
}

id_tree::iterator id_tree::at_least(const stream_id& id) const noexcept {
  if (root_ == nullptr)
    return {};
  auto* const in = leaf_of(id);
  const auto index = lower_slot(in, id);
  return index < in->count ? iterator{in, index} : iterator{in->next, 0};
}

id_tree::iterator id_tree::at_most(const stream_id& id) const noexcept {
  if (root_ == nullptr)
    return {};
  auto* const in = leaf_of(id);
  const auto index = lower_slot(in, id);
  iterator at{in, index};
  if (index == in->count || id < in->slots()[index].id)
    --at;
  return at;
}

// -- adding ---------------------------------------------------------------------------------------

bool id_tree::insert(const stream_id& id, void* word) {
  if (root_ == nullptr)
    root_ = first_ = last_ = make_leaf(first_slots);
  auto* in = leaf_of(id);
  auto index = lower_slot(in, id);
  if (index < in->count && in->slots()[index].id == id)
    return false;
  if (in->count == in->capacity) {
    if (in->capacity < leaf_slots)
      grow_root_leaf();
    else
      make_room(id);
    in = leaf_of(id);
    index = lower_slot(in, id);
  }
  open_place(in->slots(), in->count, index);
  in->slots()[index] = {id, word};
  ++in->count;
  ++size_;
  return true;
}

/// Only the leaf of a tree that is nothing else is smaller than others.
void id_tree::grow_root_leaf() {
  auto* const old = static_cast<leaf*>(root_);
  auto* const grown = make_leaf(std::min(old->capacity * 3, leaf_slots));
  std::copy_n(old->slots(), old->count, grown->slots());
  grown->count = old->count;
  free_leaf(old);
  root_ = first_ = last_ = grown;
}

void id_tree::add_root() {
  THESPIS_ENSURE(height_ < height_max);
  auto* const above = make_inner();
  above->count = 1;
  above->lows[0] = {};
  above->children[0] = root_;
  root_ = above;
  ++height_;
}

/// From the root on, so that a parent always has a place for what is split below it, and a split
/// that finds no memory leaves a valid tree.
void id_tree::make_room(const stream_id& id) {
  if (height_ == 0 || static_cast<inner*>(root_)->count == inner_children)
    add_root();
  auto* node = static_cast<inner*>(root_);
  for (auto level = height_; level > 1; --level) {
    auto index = child_of(node, id);
    if (static_cast<inner*>(node->children[index])->count == inner_children) {
      split_inner(node, index, id);
      index = child_of(node, id);
    }
    node = static_cast<inner*>(node->children[index]);
  }
  split_leaf(node, child_of(node, id), id);
}

void id_tree::split_inner(inner* parent, std::uint32_t index, const stream_id& id) {
  auto* const left = static_cast<inner*>(parent->children[index]);
  auto* const right = make_inner();
  const auto keep = left->lows[left->count - 1] <= id ? left->count - 1 : left->count / 2;
  right->count = left->count - keep;
  std::copy_n(left->lows + keep, right->count, right->lows);
  std::copy_n(left->children + keep, right->count, right->children);
  left->count = keep;
  open_place(parent->lows, parent->count, index + 1);
  open_place(parent->children, parent->count, index + 1);
  parent->lows[index + 1] = right->lows[0];
  parent->children[index + 1] = right;
  ++parent->count;
}

void id_tree::split_leaf(inner* parent, std::uint32_t index, const stream_id& id) {
  auto* const left = static_cast<leaf*>(parent->children[index]);
  auto* const right = make_leaf(leaf_slots);
  auto low = id;
  if (left != last_ || id < left->slots()[left->count - 1].id) {
    const auto keep = left->count / 2;
    right->count = left->count - keep;
    std::copy_n(left->slots() + keep, right->count, right->slots());
    left->count = keep;
    low = right->slots()[0].id;
  }
  right->previous = left;
  right->next = left->next;
  (left->next == nullptr ? last_ : left->next->previous) = right;
  left->next = right;
  open_place(parent->lows, parent->count, index + 1);
  open_place(parent->children, parent->count, index + 1);
  parent->lows[index + 1] = low;
  parent->children[index + 1] = right;
  ++parent->count;
}

// -- taking out -----------------------------------------------------------------------------------

void* id_tree::erase(const stream_id& id) noexcept {
  if (root_ == nullptr)
    return nullptr;
  auto way = descend(id);
  auto* const in = way.in;
  if (way.index == in->count || in->slots()[way.index].id != id)
    return nullptr;
  auto* const word = in->slots()[way.index].word;
  close_place(in->slots(), in->count, way.index);
  --in->count;
  --size_;
  if (in->count == 0) {
    unlink(in);
    free_leaf(in);
    drop_child(way);
  } else if (height_ != 0 && in->count < leaf_slots / 2) {
    merge_with_neighbour(way);
  }
  return word;
}

void id_tree::unlink(leaf* gone) noexcept {
  (gone->previous == nullptr ? first_ : gone->previous->next) = gone->next;
  (gone->next == nullptr ? last_ : gone->next->previous) = gone->previous;
}

/// The child at the end of the path is gone; so are the nodes above it that had no other.
void id_tree::drop_child(path& way) noexcept {
  for (auto level = height_; level > 0; --level) {
    auto [node, index] = way.steps[level - 1];
    close_place(node->lows, node->count, index);
    close_place(node->children, node->count, index);
    if (--node->count != 0)
      break;
    free_inner(node);
    if (level == 1)
      height_ = 0;
  }
  if (first_ == nullptr) {
    root_ = nullptr;
    height_ = 0;
  }
  while (height_ > 0 && static_cast<inner*>(root_)->count == 1) {
    auto* const old = static_cast<inner*>(root_);
    root_ = old->children[0];
    free_inner(old);
    --height_;
  }
}

void id_tree::merge_with_neighbour(path& way) noexcept {
  auto* const parent = way.steps[height_ - 1].node;
  auto& index = way.steps[height_ - 1].index;
  const auto fits = [&](std::uint32_t first) {
    const auto* const left = static_cast<leaf*>(parent->children[first]);
    const auto* const right = static_cast<leaf*>(parent->children[first + 1]);
    return left->count + right->count <= leaf_slots * 3 / 4;
  };
  auto first = parent->count;
  if (index > 0 && fits(index - 1))
    first = index - 1;
  else if (index + 1 < parent->count && fits(index))
    first = index;
  if (first == parent->count)
    return;
  auto* const left = static_cast<leaf*>(parent->children[first]);
  auto* const right = static_cast<leaf*>(parent->children[first + 1]);
  std::copy_n(right->slots(), right->count, left->slots() + left->count);
  left->count += right->count;
  unlink(right);
  free_leaf(right);
  index = first + 1;
  drop_child(way);
}

} // namespace thespis::types
