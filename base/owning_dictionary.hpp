#pragma once

/// A dictionary that owns its items, grows without a pause, and whose hashes clients cannot
/// foresee. For tables of the server's own; the keyspace has its items in blocks that it manages
/// itself (dictionary.hpp).

#include "base/dictionary.hpp"
#include "base/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace thespis::base {

/// `Item`: says by key() what it is found by, which stays the same while it is in here.
template <class Item>
class owning_dictionary {
public:
  owning_dictionary() = default;
  owning_dictionary(const owning_dictionary&) = delete;
  owning_dictionary& operator=(const owning_dictionary&) = delete;
  ~owning_dictionary() {
    clear();
  }

  std::size_t size() const noexcept {
    return items_.size();
  }
  /// Null if there is none. Cost: O(length of the key).
  Item* find(std::string_view key) const noexcept {
    return items_.find(key, items_.hash(key)).item;
  }
  /// What is there, or what `make()` returns, a std::unique_ptr<Item> with that key. Throws
  /// std::bad_alloc, and what make() throws, with nothing changed.
  template <class Make>
  Item& at(std::string_view key, Make&& make) {
    const auto hash = items_.hash(key);
    if (auto* const known = items_.find(key, hash).item)
      return *known;
    std::unique_ptr<Item> made = make();
    items_.make_room(hash);
    auto place = items_.find(key, hash);
    items_.insert(place, made.get());
    return *made.release();
  }
  /// Takes it out; null if there is none.
  std::unique_ptr<Item> take(std::string_view key) noexcept {
    auto place = items_.find(key, items_.hash(key));
    std::unique_ptr<Item> item{place.item};
    if (item)
      items_.erase(place);
    return item;
  }
  void clear() noexcept {
    items_.release([](Item& item) { delete &item; });
  }

  template <class Visitor> // void(Item&)
  void for_each(Visitor&& visit) const {
    items_.for_each(visit);
  }
  /// Null if there is none.
  Item* random(std::uint64_t random_bits) const noexcept {
    return items_.random(random_bits);
  }

private:
  dictionary<Item> items_{random_seed()};
};

} // namespace thespis::base
