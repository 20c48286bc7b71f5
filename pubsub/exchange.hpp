#pragma once

/// The broker's state: where messages have to go, and those that are on their way out. Commands
/// publish here; the broker hands `take()` to the groups afterwards, all messages of a batch at
/// once.

#include "pubsub/delivery.hpp"
#include "pubsub/routing_table.hpp"
#include "pubsub/subscriber_table.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

class exchange {
public:
  /// `groups`: how many groups of clients there are.
  explicit exchange(std::size_t groups) : concerned_(groups), followed_(groups) {
  }

  /// Returns how many clients get it; who subscribes to the channel and to patterns that match gets
  /// it once for each. Throws std::bad_alloc; then nobody does.
  /// Cost: routing_table::for_each_receiver, and O(bytes) for each topic with subscribers.
  std::uint64_t publish(topic_kind kind, std::string_view channel, std::string_view payload);

  /// Clients that keep copies of keys hear of a change: those of the topic, if there are any.
  /// `keys`: in RESP, an array or null. `origin`: the client that changed them, or 0; REQUIRES: the
  /// same for all that is handed out together. Throws std::bad_alloc with nothing changed.
  void tell_changed_keys(const route& to, topic_kind kind, std::string_view keys,
                         std::uint64_t origin);
  /// Clients that monitor get the line. Throws std::bad_alloc with nothing changed.
  void tell_monitors(std::string_view line);

  /// Clients of a group began or ceased to subscribe. Returns false if there was no memory to know
  /// of all that began; they get nothing of those topics, and may cease as others do.
  bool follow(group_index group, subscription_changes& changes) noexcept;

  const routing_table& routes() const noexcept {
    return routes_;
  }

  /// Calls hand_over(group_index, const std::shared_ptr<const delivery>&, std::uint64_t known) for
  /// every group that has subscribers of what was published since the last call. `known`: how many
  /// of the group's changes had been followed. REQUIRES: none has been between publishing and this.
  template <class HandOver>
  void take(HandOver&& hand_over) {
    if (!outgoing_)
      return;
    outgoing_->seal();
    const std::shared_ptr<const delivery> messages = std::exchange(outgoing_, nullptr);
    for (group_index group = 0; group < concerned_.size(); ++group)
      if (std::exchange(concerned_[group], 0) != 0)
        hand_over(group, messages, followed_[group]);
  }

private:
  delivery& outgoing();
  void concern(const route& to) noexcept;

  routing_table routes_;
  /// Those who began to subscribe without being known.
  subscription_changes missed_;
  std::shared_ptr<delivery> outgoing_;
  std::vector<char> concerned_;
  std::vector<std::uint64_t> followed_;
};

} // namespace thespis::pubsub
