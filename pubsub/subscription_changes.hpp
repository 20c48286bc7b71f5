#pragma once

/// What the broker has to learn: there is one subscriber more or less of a topic, in a group of
/// clients (routing_table.hpp). Whoever begins to subscribe makes both changes at once, the one for
/// now and the one for the end, so that leaving needs no memory.

#include "pubsub/topic.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace thespis::pubsub {

using group_index = std::uint32_t;

struct subscription_change {
  topic_kind kind;
  /// Shared by all changes of the topic that a group makes.
  std::shared_ptr<const std::string> name;
  bool added;
  /// Set by who learns of it.
  group_index group = 0;
  std::unique_ptr<subscription_change> next{};
};

/// Changes in their order. Nothing here needs memory.
class subscription_changes {
public:
  subscription_changes() = default;
  subscription_changes(subscription_changes&& other) noexcept
    : first_(std::move(other.first_)), last_(std::exchange(other.last_, nullptr)) {
  }
  subscription_changes& operator=(subscription_changes&&) = delete;
  ~subscription_changes() {
    while (take_first()) {
    }
  }

  bool empty() const noexcept {
    return first_ == nullptr;
  }
  void add(std::unique_ptr<subscription_change> one) noexcept {
    auto& place = last_ == nullptr ? first_ : last_->next;
    place = std::move(one);
    last_ = place.get();
  }
  /// Null if there is none.
  std::unique_ptr<subscription_change> take_first() noexcept {
    auto first = std::move(first_);
    if (first)
      first_ = std::move(first->next);
    if (!first_)
      last_ = nullptr;
    return first;
  }
  /// Takes out the first of the same topic and group. Returns false if there is none.
  /// Cost: O(changes).
  bool cancel(const subscription_change& with) noexcept;

private:
  std::unique_ptr<subscription_change> first_;
  subscription_change* last_ = nullptr;
};

} // namespace thespis::pubsub
