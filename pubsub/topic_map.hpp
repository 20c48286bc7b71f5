#pragma once

/// Topics by kind and name. It owns the items.

#include "base/owning_dictionary.hpp"
#include "pubsub/topic.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace thespis::pubsub {

/// `Item`: is made of (topic_kind, std::string_view name) and says its name by key().
template <class Item>
class topic_map {
public:
  /// Null if there is none. Cost: O(length of the name).
  Item* find(topic_kind kind, std::string_view name) const noexcept {
    return of(kind).find(name);
  }

  /// Makes it if there is none. Throws std::bad_alloc with nothing changed.
  Item& at(topic_kind kind, std::string_view name) {
    return of(kind).at(name, [&] { return std::make_unique<Item>(kind, name); });
  }

  /// REQUIRES: `item` is in here.
  void erase(topic_kind kind, Item& item) noexcept {
    of(kind).take(item.key());
  }

  std::size_t size(topic_kind kind) const noexcept {
    return of(kind).size();
  }

  template <class Visitor> // void(Item&)
  void for_each(topic_kind kind, Visitor&& visit) const {
    of(kind).for_each(visit);
  }

private:
  using items = base::owning_dictionary<Item>;

  items& of(topic_kind kind) noexcept {
    return kinds_[static_cast<std::size_t>(kind)];
  }
  const items& of(topic_kind kind) const noexcept {
    return kinds_[static_cast<std::size_t>(kind)];
  }

  std::array<items, topic_kinds> kinds_;
};

} // namespace thespis::pubsub
