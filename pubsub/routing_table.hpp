#pragma once

/// Where messages have to go: for every topic the groups of clients that have subscribers of it,
/// and how many. A group is the clients of one event loop; who they are is known there
/// (subscriber_table.hpp). So a message is handed over once per group, however many get it.
///
/// The broker owns it.

#include "pubsub/pattern_index.hpp"
#include "pubsub/subscription_changes.hpp"
#include "pubsub/topic_map.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

/// One topic.
struct route {
  route(topic_kind, std::string_view topic) : name(topic) {
  }
  std::string_view key() const noexcept {
    return name;
  }

  std::string name;
  std::uint64_t subscribers = 0;
  /// Of each group, up to the last that has any.
  std::vector<std::uint32_t> by_group;
};

class routing_table {
public:
  /// One subscriber more in a group. Throws std::bad_alloc with nothing changed.
  void add(topic_kind kind, std::string_view name, group_index group);
  /// One less. REQUIRES: add() of the same.
  void remove(topic_kind kind, std::string_view name, group_index group) noexcept;

  /// Null if nobody subscribes to it.
  const route* find(topic_kind kind, std::string_view name) const noexcept {
    return routes_.find(kind, name);
  }
  /// How many topics of this kind have subscribers.
  std::size_t size(topic_kind kind) const noexcept {
    return routes_.size(kind);
  }
  template <class Visitor> // void(const route&)
  void for_each(topic_kind kind, Visitor&& visit) const {
    routes_.for_each(kind, [&](route& one) { visit(static_cast<const route&>(one)); });
  }

  /// Calls visit(topic_kind, const route&) for all that a message on the channel has to go to: the
  /// channel, and if it is no shard channel the patterns that match. Cost: pattern_index.hpp.
  template <class Visitor>
  void for_each_receiver(topic_kind kind, std::string_view channel, Visitor&& visit) const {
    if (const auto* const direct = routes_.find(kind, channel))
      visit(kind, *direct);
    if (kind == topic_kind::channel)
      patterns_.for_each_match(channel, [&](const route& one) { visit(topic_kind::pattern, one); });
  }

  /// Calls visit(const route&) for all prefixes that the key begins with.
  /// Cost: O(different lengths of prefixes) look-ups.
  template <class Visitor>
  void for_each_prefix(std::string_view key, Visitor&& visit) const {
    for (const auto& [length, prefixes] : prefix_lengths_) {
      if (length > key.size())
        return;
      if (const auto* const found = routes_.find(topic_kind::key_prefix, key.substr(0, length)))
        visit(*found);
    }
  }

private:
  topic_map<route> routes_;
  /// How many key prefixes are of which length.
  std::map<std::size_t, std::size_t> prefix_lengths_;
  pattern_index<route> patterns_;
};

} // namespace thespis::pubsub
