#include "types/rank_tree.hpp"

#include <limits>
#include <new>

namespace thespis::types {

// -- ways through the tree -----------------------------------------------------------------------

rank_tree::path rank_tree::find(const rank_goal& wanted) const noexcept {
  path way; // NOLINT: filled as far as the tree is high
  void* node = root_;
  for (unsigned level = 0; level < height_; ++level) {
    auto* here = static_cast<rank_inner*>(node);
    const auto index = here->find(wanted);
    way.steps[level] = {here, index};
    node = here->children[index];
  }
  way.leaf = static_cast<rank_leaf*>(node);
  way.index = way.leaf->find(wanted);
  return way;
}

rank_tree::path rank_tree::find_rank(std::size_t rank) const noexcept {
  path way; // NOLINT: as above
  void* node = root_;
  for (unsigned level = 0; level < height_; ++level) {
    auto* here = static_cast<rank_inner*>(node);
    const auto index = here->find_rank(rank);
    way.steps[level] = {here, index};
    node = here->children[index];
  }
  way.leaf = static_cast<rank_leaf*>(node);
  way.index = static_cast<unsigned>(rank);
  return way;
}

rank_tree::iterator rank_tree::at(std::size_t rank) const noexcept {
  const auto way = find_rank(rank);
  return {way.leaf, way.index};
}

// -- change --------------------------------------------------------------------------------------

void rank_tree::insert(zset_item* item) {
  if (size_ == std::numeric_limits<std::uint32_t>::max())
    throw std::bad_alloc();
  const auto goal = goal_of(item);
  if (root_ == nullptr)
    make_room(goal);
  auto way = find(goal);
  if (way.leaf->count == rank_leaf::room) {
    make_room(goal);
    way = find(goal);
  }
  place(way, item);
}

void rank_tree::place(path& way, zset_item* item) noexcept {
  way.leaf->insert(way.index, item);
  for (unsigned level = 0; level < height_; ++level)
    ++way.steps[level].node->counts[way.steps[level].index];
  ++size_;
  if (way.index == 0)
    tell_first(way, height_, score_image(item->score()), item);
}

void rank_tree::erase(const zset_item* item) noexcept {
  auto way = find(goal_of(item));
  remove(way);
}

zset_item* rank_tree::erase_at(std::size_t rank) noexcept {
  auto way = find_rank(rank);
  auto* const item = way.leaf->item(way.index);
  remove(way);
  return item;
}

bool rank_tree::remove(path& way) noexcept {
  auto& leaf = *way.leaf;
  leaf.erase(way.index);
  for (unsigned level = 0; level < height_; ++level)
    --way.steps[level].node->counts[way.steps[level].index];
  --size_;
  if (way.index == 0 && leaf.count != 0)
    tell_first(way, height_, score_image(leaf.item(0)->score()), leaf.item(0));
  return rebalance(way);
}

void rank_tree::tell_first(path& way, unsigned level, std::uint64_t image,
                           zset_item* first) noexcept {
  while (level-- > 0) {
    const auto [node, index] = way.steps[level];
    node->set(index, image, first);
    if (index != 0)
      return;
  }
}

void rank_tree::move(zset_item* item, double score) {
  const rank_goal goal{score_image(score), item->member()};
  auto way = find(goal_of(item));
  auto target = find(goal);
  const auto in_place = [&] {
    return target.leaf == way.leaf && (target.index == way.index || target.index == way.index + 1);
  };
  if (!in_place() && target.leaf != way.leaf && target.leaf->count == rank_leaf::room) {
    make_room(goal);
    way = find(goal_of(item));
    target = find(goal);
  }
  if (in_place()) {
    item->set_score(score);
    way.leaf->images[way.index] = rank_leaf::upper(goal.image);
    if (way.index == 0)
      tell_first(way, height_, goal.image, item);
    return;
  }
  // The target has room now. It keeps it: what merges is not full afterwards. Where no node goes,
  // it stays the goal's place: a goal between the item and the next one would have been in place.
  const auto is_before = target.leaf == way.leaf && way.index < target.index;
  const auto is_rebuilt = remove(way);
  item->set_score(score);
  if (is_rebuilt)
    target = find(goal);
  else if (is_before)
    --target.index;
  place(target, item);
}

void rank_tree::clear() noexcept {
  if (root_ != nullptr)
    free_below(root_, height_);
  root_ = nullptr;
  first_ = last_ = nullptr;
  height_ = 0;
  size_ = 0;
}

// -- look-up -------------------------------------------------------------------------------------

std::size_t rank_tree::rank_of(const zset_item* item) const noexcept {
  const auto way = find(goal_of(item));
  std::size_t rank = way.index;
  for (unsigned level = 0; level < height_; ++level)
    rank += way.steps[level].node->items_before(way.steps[level].index);
  return rank;
}

std::size_t rank_tree::count_below(double score, bool or_equal) const noexcept {
  const auto limit = score_image(score) + (or_equal ? 1 : 0);
  std::size_t before = 0;
  const void* node = root_;
  for (unsigned level = 0; level < height_; ++level) {
    const auto* here = static_cast<const rank_inner*>(node);
    const auto beyond = count_less(here->images, here->count, limit);
    if (beyond == 0)
      return before;
    before += here->items_before(beyond - 1);
    node = here->children[beyond - 1];
  }
  return node == nullptr ? 0
                         : before + static_cast<const rank_leaf*>(node)->count_images_below(limit);
}

std::size_t rank_tree::count_below(std::string_view member, bool or_equal) const noexcept {
  const auto is_beyond = [&](const zset_item* item) {
    const auto order = item->member().compare(member);
    return order > 0 || (order == 0 && !or_equal);
  };
  std::size_t before = 0;
  const void* node = root_;
  for (unsigned level = 0; level < height_; ++level) {
    const auto* here = static_cast<const rank_inner*>(node);
    const auto beyond = first_beyond(0, here->count,
                                     [&](unsigned i) { return is_beyond(here->firsts[i]); });
    if (beyond == 0)
      return before;
    before += here->items_before(beyond - 1);
    node = here->children[beyond - 1];
  }
  if (node == nullptr)
    return 0;
  const auto* leaf = static_cast<const rank_leaf*>(node);
  return before
         + first_beyond(0, leaf->count, [&](unsigned i) { return is_beyond(leaf->item(i)); });
}

double rank_tree::fill() const noexcept {
  std::size_t leaves = 0;
  for (const auto* leaf = first_; leaf != nullptr; leaf = leaf->next)
    ++leaves;
  return leaves == 0 ? 1
                     : static_cast<double>(size_) / static_cast<double>(leaves * rank_leaf::room);
}

} // namespace thespis::types
