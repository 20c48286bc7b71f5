#include "base/ensure.hpp"
#include "types/rank_tree.hpp"

namespace thespis::types {

namespace {

struct checker {
  const rank_leaf* last_leaf = nullptr;
  const zset_item* last_item = nullptr;

  void item(const zset_item* found, std::uint32_t image) {
    THESPIS_ENSURE(rank_leaf::upper(score_image(found->score())) == image);
    if (last_item != nullptr) {
      const auto before = score_image(last_item->score());
      const auto here = score_image(found->score());
      THESPIS_ENSURE(before < here || (before == here && last_item->member() < found->member()));
    }
    last_item = found;
  }

  std::size_t leaf(const rank_leaf& found) {
    THESPIS_ENSURE(found.count > 0 && found.count <= rank_leaf::room);
    THESPIS_ENSURE(found.previous == last_leaf);
    THESPIS_ENSURE(last_leaf == nullptr || last_leaf->next == &found);
    for (unsigned i = 0; i < found.count; ++i)
      item(found.item(i), found.images[i]);
    last_leaf = &found;
    return found.count;
  }

  std::size_t node(const void* found, unsigned height) {
    if (height == 0)
      return leaf(*static_cast<const rank_leaf*>(found));
    const auto& inner = *static_cast<const rank_inner*>(found);
    THESPIS_ENSURE(inner.count > 0 && inner.count <= rank_inner::room);
    std::size_t total = 0;
    for (unsigned i = 0; i < inner.count; ++i) {
      const auto* first = inner.children[i];
      for (auto level = height - 1; level > 0; --level)
        first = static_cast<const rank_inner*>(first)->children[0];
      THESPIS_ENSURE(static_cast<const rank_leaf*>(first)->item(0) == inner.firsts[i]);
      THESPIS_ENSURE(score_image(inner.firsts[i]->score()) == inner.images[i]);
      THESPIS_ENSURE(node(inner.children[i], height - 1) == inner.counts[i]);
      total += inner.counts[i];
    }
    return total;
  }
};

} // namespace

void rank_tree::check() const {
  checker walk;
  if (root_ == nullptr) {
    THESPIS_ENSURE(size_ == 0 && first_ == nullptr && last_ == nullptr && node_bytes_ == 0);
    return;
  }
  THESPIS_ENSURE(first_->previous == nullptr);
  THESPIS_ENSURE(walk.node(root_, height_) == size_);
  THESPIS_ENSURE(walk.last_leaf == last_ && last_->next == nullptr);
}

} // namespace thespis::types
