#include "keyspace/tracking_table.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace thespis::keyspace {

void tracking_table::remember(std::string_view key, std::uint64_t client) {
  auto is_new = false;
  const auto make = [&] {
    is_new = true;
    return std::make_unique<copies>(copies{std::string{key}, {client}});
  };
  auto& clients = copies_.at(key, make).clients;
  if (is_new) {
    key_count.add();
  } else {
    const auto at = std::lower_bound(clients.begin(), clients.end(), client);
    if (at != clients.end() && *at == client)
      return;
    clients.insert(at, client);
  }
  copy_count.add();
}

std::vector<std::uint64_t> tracking_table::forget(std::string_view key) noexcept {
  const auto gone = copies_.take(key);
  if (!gone)
    return {};
  key_count.set(key_count.get() - 1);
  copy_count.set(copy_count.get() - gone->clients.size());
  return std::move(gone->clients);
}

void tracking_table::forget_all() noexcept {
  copies_.clear();
  key_count.set(0);
  copy_count.set(0);
}

std::string tracking_table::some_key(std::uint64_t random_bits) const {
  return copies_.random(random_bits)->name;
}

} // namespace thespis::keyspace
