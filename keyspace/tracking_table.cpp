#include "keyspace/tracking_table.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace thespis::keyspace {

tracking_table::~tracking_table() {
  forget_all();
}

void tracking_table::remember(std::string_view key, std::uint64_t client) {
  const auto hash = copies_.hash(key);
  if (auto* const known = copies_.find(key, hash).item) {
    auto& clients = known->clients;
    const auto at = std::lower_bound(clients.begin(), clients.end(), client);
    if (at != clients.end() && *at == client)
      return;
    clients.insert(at, client);
  } else {
    auto made = std::make_unique<copies>(copies{std::string{key}, {client}});
    copies_.make_room(hash);
    auto at = copies_.find(key, hash);
    copies_.insert(at, made.release());
    key_count.add();
  }
  copy_count.add();
}

std::vector<std::uint64_t> tracking_table::forget(std::string_view key) noexcept {
  auto at = copies_.find(key, copies_.hash(key));
  if (at.item == nullptr)
    return {};
  const std::unique_ptr<copies> gone{at.item};
  copies_.erase(at);
  key_count.set(key_count.get() - 1);
  copy_count.set(copy_count.get() - gone->clients.size());
  return std::move(gone->clients);
}

void tracking_table::forget_all() noexcept {
  copies_.release([](copies& one) { delete &one; });
  key_count.set(0);
  copy_count.set(0);
}

std::string tracking_table::some_key(std::uint64_t random_bits) const {
  return copies_.random(random_bits)->name;
}

} // namespace thespis::keyspace
