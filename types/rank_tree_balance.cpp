/// How the nodes of rank_tree come, go and stay full enough. Room is made from the root down, so
/// that a node that splits always finds room in its parent, and an allocation that fails leaves a
/// tree with fuller or emptier nodes but the same order. Nodes go from the leaf up.

#include "base/ensure.hpp"
#include "base/piecewise.hpp"
#include "base/size_class.hpp"
#include "types/rank_tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace thespis::types {

namespace {

/// So many neighbours share their room before one more leaf comes between them.
constexpr unsigned group_max = 4;
/// They do so as long as they have this much room together.
constexpr unsigned group_room = 12;
/// Nodes merge when this much room remains.
constexpr unsigned merge_room = 4;

constexpr std::size_t leaf_bytes = base::size_class(sizeof(rank_leaf));
constexpr std::size_t inner_bytes = base::size_class(sizeof(rank_inner));

rank_leaf* leaf_at(const rank_inner* parent, unsigned index) noexcept {
  return static_cast<rank_leaf*>(parent->children[index]);
}

rank_inner* inner_at(const rank_inner* parent, unsigned index) noexcept {
  return static_cast<rank_inner*>(parent->children[index]);
}

} // namespace

// -- more room -----------------------------------------------------------------------------------

/// Afterwards the leaf that `wanted` belongs to is not full.
void rank_tree::make_room(const rank_goal& wanted) {
  if (root_ == nullptr) {
    first_ = last_ = make_leaf();
    root_ = first_;
    return;
  }
  if (height_ == 0 || static_cast<rank_inner*>(root_)->count == rank_inner::room)
    add_root();
  const auto at_end = last_->find(wanted) == last_->count;
  auto* node = static_cast<rank_inner*>(root_);
  auto index = node->find(wanted);
  for (auto height = height_; height > 1; --height) {
    if (inner_at(node, index)->count == rank_inner::room) {
      split_inner(node, index, at_end ? rank_inner::room - 8 : rank_inner::room / 2);
      index = node->find(wanted);
    }
    node = inner_at(node, index);
    index = node->find(wanted);
  }
  if (leaf_at(node, index)->count == rank_leaf::room)
    make_room_in_leaf(node, index, wanted);
}

void rank_tree::add_root() {
  THESPIS_ENSURE(height_ < height_max);
  auto* root = make_inner();
  root->insert(0, root_);
  if (height_ == 0)
    root->describe(0, *static_cast<rank_leaf*>(root_));
  else
    root->describe(0, *static_cast<rank_inner*>(root_));
  root_ = root;
  ++height_;
}

void rank_tree::split_inner(rank_inner* parent, unsigned index, unsigned keep) {
  auto* right = make_inner();
  auto* left = inner_at(parent, index);
  right->append(*left, keep);
  parent->insert(index + 1, right);
  parent->describe(index, *left);
  parent->describe(index + 1, *right);
}

void rank_tree::make_room_in_leaf(rank_inner* parent, unsigned index, const rank_goal& wanted) {
  const auto leaves = std::min(parent->count, group_max);
  const auto first = std::min(index - std::min(index, leaves / 2), parent->count - leaves);
  std::size_t items = 0;
  for (auto i = first; i < first + leaves; ++i)
    items += parent->counts[i];
  if (items + group_room <= leaves * rank_leaf::room)
    return even_out(parent, first, leaves);
  auto* full = leaf_at(parent, index);
  const auto place = full->find(wanted);
  if (full == last_ && place == full->count)
    return split_leaf(parent, index, full->count - 1);
  if (full == first_ && place == 0)
    return split_leaf(parent, index, 1);
  split_leaf(parent, index, full->count / 2);
  even_out(parent, first, leaves + 1);
}

/// Gives neighbouring leaves as many items each.
void rank_tree::even_out(rank_inner* parent, unsigned first, unsigned leaves) noexcept {
  rank_columns<(group_max + 1) * rank_leaf::room> all;
  unsigned total = 0;
  for (auto i = first; i < first + leaves; ++i) {
    const auto* from = leaf_at(parent, i);
    all.copy(total, *from, 0, from->count);
    total += from->count;
  }
  unsigned done = 0;
  for (auto i = first; i < first + leaves; ++i) {
    auto* to = leaf_at(parent, i);
    to->count = (total - done) / (first + leaves - i);
    to->copy(0, all, done, to->count);
    done += to->count;
    parent->describe(i, *to);
  }
}

/// The leaf keeps its first `keep` items, a new one behind it gets the others.
void rank_tree::split_leaf(rank_inner* parent, unsigned index, unsigned keep) {
  auto* right = make_leaf();
  auto* left = leaf_at(parent, index);
  right->previous = left;
  right->next = left->next;
  (left->next == nullptr ? last_ : left->next->previous) = right;
  left->next = right;
  left->give_to_next(*right, left->count - keep);
  parent->insert(index + 1, right);
  parent->describe(index, *left);
  parent->describe(index + 1, *right);
}

// -- less ----------------------------------------------------------------------------------------

/// After an item has gone from the leaf of `way`: takes out what is empty, and merges what fits.
/// Whether it did.
bool rank_tree::rebalance(path& way) noexcept {
  const auto bytes_before = node_bytes_;
  auto level = height_;
  if (way.leaf->count == 0)
    level = drop_empty(way);
  for (; level > 0; --level) {
    auto* const parent = way.steps[level - 1].node;
    const auto index = way.steps[level - 1].index;
    const auto merge = [&](unsigned left) {
      return left + 1 < parent->count
             && (level == height_ ? merge_leaves(parent, left) : merge_inners(parent, left));
    };
    if (!merge(index) && (index == 0 || !merge(index - 1)))
      break;
  }
  drop_single_roots();
  return node_bytes_ != bytes_before;
}

/// Takes out the leaf of `way`, and the nodes above it that have no other child. Returns the level
/// of the node that has lost a child: that is where neighbours may merge next.
unsigned rank_tree::drop_empty(path& way) noexcept {
  free_leaf(way.leaf);
  auto level = height_;
  while (level > 0) {
    const auto [node, index] = way.steps[level - 1];
    node->erase(index);
    if (node->count != 0) {
      if (index == 0)
        tell_first(way, level - 1, node->images[0], node->firsts[0]);
      return level - 1;
    }
    free_inner(node);
    --level;
  }
  root_ = nullptr;
  height_ = 0;
  return 0;
}

bool rank_tree::merge_leaves(rank_inner* parent, unsigned index) noexcept {
  // The parent knows the counts, so neighbours that stay are not touched.
  if (parent->counts[index] + parent->counts[index + 1] + merge_room > rank_leaf::room)
    return false;
  auto* left = leaf_at(parent, index);
  auto* right = leaf_at(parent, index + 1);
  left->take_from_next(*right, right->count);
  free_leaf(right);
  parent->erase(index + 1);
  parent->counts[index] = left->count;
  return true;
}

bool rank_tree::merge_inners(rank_inner* parent, unsigned index) noexcept {
  auto* left = inner_at(parent, index);
  auto* right = inner_at(parent, index + 1);
  if (left->count + right->count + merge_room > rank_inner::room)
    return false;
  left->append(*right, 0);
  parent->counts[index] += parent->counts[index + 1];
  free_inner(right);
  parent->erase(index + 1);
  return true;
}

void rank_tree::drop_single_roots() noexcept {
  while (height_ > 0 && static_cast<rank_inner*>(root_)->count == 1) {
    auto* root = static_cast<rank_inner*>(root_);
    root_ = root->children[0];
    free_inner(root);
    --height_;
  }
}

// -- nodes ---------------------------------------------------------------------------------------

rank_leaf* rank_tree::make_leaf() {
  auto* made = static_cast<rank_leaf*>(base::allocate(leaf_bytes));
  made->previous = made->next = nullptr;
  made->count = 0;
  node_bytes_ += leaf_bytes;
  return made;
}

rank_inner* rank_tree::make_inner() {
  auto* made = static_cast<rank_inner*>(base::allocate(inner_bytes));
  made->count = 0;
  node_bytes_ += inner_bytes;
  return made;
}

/// Takes it out of the row of leaves, too.
void rank_tree::free_leaf(rank_leaf* doomed) noexcept {
  (doomed->previous == nullptr ? first_ : doomed->previous->next) = doomed->next;
  (doomed->next == nullptr ? last_ : doomed->next->previous) = doomed->previous;
  std::free(doomed);
  node_bytes_ -= leaf_bytes;
}

void rank_tree::free_inner(rank_inner* doomed) noexcept {
  std::free(doomed);
  node_bytes_ -= inner_bytes;
}

void rank_tree::free_below(void* node, unsigned height) noexcept {
  if (height == 0)
    return free_leaf(static_cast<rank_leaf*>(node));
  auto* inner = static_cast<rank_inner*>(node);
  for (unsigned i = 0; i < inner->count; ++i)
    free_below(inner->children[i], height - 1);
  free_inner(inner);
  base::end_of_piece();
}

} // namespace thespis::types
