#include "pubsub/routing_table.hpp"

#include <algorithm>

namespace thespis::pubsub {

void routing_table::add(topic_kind kind, std::string_view name, group_index group) {
  auto& to = routes_.at(kind, name);
  try {
    if (to.by_group.size() <= group)
      to.by_group.resize(group + 1);
    if (kind == topic_kind::pattern && to.subscribers == 0)
      patterns_.add(to);
    if (kind == topic_kind::key_prefix && to.subscribers == 0)
      ++prefix_lengths_[name.size()];
  } catch (...) {
    if (to.subscribers == 0)
      routes_.erase(kind, to);
    throw;
  }
  ++to.by_group[group];
  ++to.subscribers;
}

void routing_table::remove(topic_kind kind, std::string_view name, group_index group) noexcept {
  auto* const from = routes_.find(kind, name);
  if (from == nullptr)
    return;
  --from->by_group[group];
  if (--from->subscribers != 0)
    return;
  if (kind == topic_kind::pattern)
    patterns_.remove(*from);
  if (kind == topic_kind::key_prefix)
    if (const auto length = prefix_lengths_.find(name.size()); --length->second == 0)
      prefix_lengths_.erase(length);
  routes_.erase(kind, *from);
}

} // namespace thespis::pubsub
