#pragma once

/// Topics by kind and name: dictionaries that grow without a pause and whose hashes clients
/// cannot foresee. It owns the items.

#include "base/dictionary.hpp"
#include "base/hash.hpp"
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
  topic_map() = default;
  topic_map(const topic_map&) = delete;
  topic_map& operator=(const topic_map&) = delete;
  ~topic_map() {
    for (auto& one : kinds_)
      one.release([](Item& item) { delete &item; });
  }

  /// Null if there is none. Cost: O(length of the name).
  Item* find(topic_kind kind, std::string_view name) const noexcept {
    const auto& in = of(kind);
    return in.find(name, in.hash(name)).item;
  }

  /// Makes it if there is none. Throws std::bad_alloc with nothing changed.
  Item& at(topic_kind kind, std::string_view name) {
    auto& in = of(kind);
    const auto hash = in.hash(name);
    if (auto* const known = in.find(name, hash).item)
      return *known;
    auto made = std::make_unique<Item>(kind, name);
    in.make_room(hash);
    auto place = in.find(name, hash);
    in.insert(place, made.get());
    return *made.release();
  }

  /// REQUIRES: `item` is in here.
  void erase(topic_kind kind, Item& item) noexcept {
    auto& in = of(kind);
    auto place = in.find(item.key(), in.hash(item.key()));
    in.erase(place);
    delete &item;
  }

  std::size_t size(topic_kind kind) const noexcept {
    return of(kind).size();
  }

  template <class Visitor> // void(Item&)
  void for_each(topic_kind kind, Visitor&& visit) const {
    of(kind).for_each(visit);
  }

private:
  base::dictionary<Item>& of(topic_kind kind) noexcept {
    return kinds_[static_cast<std::size_t>(kind)];
  }
  const base::dictionary<Item>& of(topic_kind kind) const noexcept {
    return kinds_[static_cast<std::size_t>(kind)];
  }

  struct topics : base::dictionary<Item> {
    topics() : base::dictionary<Item>(base::random_seed()) {
    }
  };

  std::array<topics, topic_kinds> kinds_;
};

} // namespace thespis::pubsub
