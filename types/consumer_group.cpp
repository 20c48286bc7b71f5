#include "types/consumer_group.hpp"

#include "base/piecewise.hpp"

namespace thespis::types {

consumer_group::~consumer_group() {
  std::size_t freed = 0;
  for (auto at = pending_.first(); at; ++at) {
    delete *at;
    if (++freed % base::frees_per_piece == 0)
      base::end_of_piece();
  }
}

std::unique_ptr<consumer_group> consumer_group::copy() const {
  auto result = std::make_unique<consumer_group>(last_id, entries_read);
  for (const auto& [name, consumer] : consumers_) {
    auto& made = result->add_consumer(name, consumer->seen_ms);
    made.active_ms = consumer->active_ms;
  }
  for (auto at = pending_.first(); at; ++at) {
    auto* const owner = at->owner == nullptr ? nullptr : result->find_consumer(at->owner->name);
    auto& made = result->assign(at.id(), owner);
    made.delivered_ms = at->delivered_ms;
    made.deliveries = at->deliveries;
  }
  return result;
}

stream_consumer* consumer_group::find_consumer(std::string_view name) const noexcept {
  const auto found = consumers_.find(name);
  return found == consumers_.end() ? nullptr : found->second.get();
}

stream_consumer& consumer_group::add_consumer(std::string_view name, std::int64_t now_ms) {
  auto made = std::make_unique<stream_consumer>();
  made->name = name;
  made->seen_ms = now_ms;
  return *consumers_.try_emplace(std::string{name}, std::move(made)).first->second;
}

std::size_t consumer_group::erase_consumer(stream_consumer& gone) noexcept {
  const auto count = gone.pending.size();
  for (auto at = gone.pending.first(); at; ++at)
    delete pending_.erase(at.id());
  consumers_.erase(consumers_.find(std::string_view{gone.name}));
  return count;
}

pending_entry& consumer_group::assign(const stream_id& id, stream_consumer* owner) {
  if (auto* const known = pending_.find(id)) {
    if (known->owner == owner)
      return *known;
    if (owner != nullptr)
      owner->pending.insert(id, known);
    if (known->owner != nullptr)
      known->owner->pending.erase(id);
    known->owner = owner;
    return *known;
  }
  auto made = std::make_unique<pending_entry>();
  made->owner = owner;
  pending_.insert(id, made.get());
  try {
    if (owner != nullptr)
      owner->pending.insert(id, made.get());
  } catch (...) {
    pending_.erase(id);
    throw;
  }
  return *made.release();
}

bool consumer_group::acknowledge(const stream_id& id) noexcept {
  const std::unique_ptr<pending_entry> gone{pending_.erase(id)};
  if (gone == nullptr)
    return false;
  if (gone->owner != nullptr)
    gone->owner->pending.erase(id);
  return true;
}

std::size_t consumer_group::memory_bytes() const noexcept {
  auto bytes = base::size_class(sizeof *this) + pending_.memory_bytes()
               + pending_.size() * base::size_class(sizeof(pending_entry));
  for (const auto& [name, consumer] : consumers_)
    bytes += base::size_class(map_node_bytes + sizeof(consumer_map::value_type)) + name_bytes(name)
             + base::size_class(sizeof *consumer) + name_bytes(consumer->name)
             + consumer->pending.memory_bytes();
  return bytes;
}

} // namespace thespis::types
