#include "types/ranked_items.hpp"

#include "base/size_class.hpp"
#include "types/hash_seed.hpp"

namespace thespis::types {

ranked_items::ranked_items() noexcept : by_member_(hash_seed()) {
}

ranked_items::~ranked_items() {
  order_.clear();
  by_member_.release([](zset_item& each) { zset_item::free(&each); });
}

std::unique_ptr<ranked_items> ranked_items::copy() const {
  auto made = std::make_unique<ranked_items>();
  if (size() == 0)
    return made;
  auto at = order_.at(0);
  for (auto left = size(); left > 0; --left, ++at) {
    at.prefetch(8);
    made->insert((*at)->member(), (*at)->score());
  }
  return made;
}

std::size_t ranked_items::memory_bytes() const noexcept {
  return base::size_class(sizeof *this) + item_bytes_ + by_member_.memory_bytes()
         + order_.memory_bytes();
}

void ranked_items::insert(position& at, std::string_view member, double score) {
  by_member_.make_room(at.hash);
  auto* item = zset_item::make(member, score);
  try {
    order_.insert(item);
  } catch (...) {
    zset_item::free(item);
    throw;
  }
  by_member_.insert(at, item);
  item_bytes_ += item->memory_bytes();
}

void ranked_items::erase(position& at) noexcept {
  auto* const item = at.item;
  order_.erase(item);
  by_member_.erase(at);
  free_item(item);
}

void ranked_items::erase_range(std::size_t rank, std::size_t count) noexcept {
  for (; count > 0; --count) {
    auto* const item = order_.erase_at(rank);
    auto at = by_member_.find_if(by_member_.hash(item->member()),
                                 [item](const zset_item* found) { return found == item; });
    by_member_.erase(at);
    free_item(item);
  }
}

} // namespace thespis::types
