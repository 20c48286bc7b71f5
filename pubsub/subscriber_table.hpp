#pragma once

/// Who subscribes to what, among the clients of one event loop.
///
///     topic "news"  --> subscribers {a, c}
///     topic "n*"    --> subscribers {c}
///
/// A subscriber knows its topics, and its place in each, so that it leaves in O(1).
///
/// Changes are collected for the broker, which counts the subscribers of all loops
/// (routing_table.hpp). Messages say how many of the changes the broker knew when it sent them on:
/// who has subscribed since gets none of them. Otherwise one that subscribes anew would get
/// messages of the time before, and then miss some.
///
/// Owned by the fan-out of the loop.

#include "base/byte_buffer.hpp"
#include "pubsub/delivery.hpp"
#include "pubsub/subscription_changes.hpp"
#include "pubsub/topic_map.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace thespis::pubsub {

class subscriber;

/// A topic with its subscribers.
struct topic {
  topic(topic_kind what, std::string_view called)
    : kind(what), name(std::make_shared<const std::string>(called)) {
  }
  std::string_view key() const noexcept {
    return *name;
  }

  topic_kind kind;
  std::shared_ptr<const std::string> name;
  std::vector<subscriber*> members;
  /// The number of the change by which the newest of them came.
  std::uint64_t newest = 0;
};

/// A client that gets messages.
class subscriber {
public:
  subscriber() = default;
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;

  /// These messages of that delivery are for it.
  virtual void push(const std::shared_ptr<const delivery>& from, const delivery::run& which) = 0;
  /// There are no more for the moment.
  virtual void flush_pushes() = 0;
  /// What it was given and has not been sent goes into the output, ahead of the reply that begins
  /// at `at`. Returns false without memory for that.
  virtual bool send_ahead_of(base::byte_buffer& output, std::size_t at) noexcept = 0;

  /// How many topics of a kind it subscribes to.
  std::size_t count(topic_kind kind) const noexcept {
    return topics_ == nullptr ? 0 : (*topics_)[static_cast<std::size_t>(kind)].size();
  }
  /// What a confirmation counts: shard channels are counted by themselves.
  std::size_t count_with(topic_kind kind) const noexcept {
    return kind == topic_kind::shard_channel
             ? count(kind)
             : count(topic_kind::channel) + count(topic_kind::pattern);
  }
  bool subscribes() const noexcept {
    return count_with(topic_kind::channel) + count(topic_kind::shard_channel) != 0;
  }

protected:
  virtual ~subscriber() = default;

private:
  friend class subscriber_table;

  struct membership {
    /// Among the topic's members.
    std::size_t place;
    /// The number of the change by which it began.
    std::uint64_t since;
    /// For the broker, when it ends.
    std::unique_ptr<subscription_change> end;
  };
  using memberships = std::unordered_map<topic*, membership>;

  /// None for as long as it subscribes to nothing, as most clients do.
  std::unique_ptr<std::array<memberships, topic_kinds>> topics_;
};

class subscriber_table {
public:
  /// Returns false if it does so already. Throws std::bad_alloc with nothing changed.
  bool add(subscriber& who, topic_kind kind, std::string_view name);
  /// Returns false if it does not.
  bool remove(subscriber& who, topic_kind kind, std::string_view name) noexcept;
  /// The names of all topics of a kind that it subscribes to, in no order.
  std::vector<std::string> names(const subscriber& who, topic_kind kind) const;
  /// It subscribes to these of a kind and to no others. Throws std::bad_alloc with some of it done.
  void set(subscriber& who, topic_kind kind, std::span<const std::string> names);
  /// It leaves all topics.
  void remove(subscriber& who) noexcept;

  /// Gives each message to those who subscribe to its topic and did when the first `known` of the
  /// changes had been made.
  void deliver(const std::shared_ptr<const delivery>& messages, std::uint64_t known) const;

  subscription_changes take_changes() noexcept {
    return std::move(changes_);
  }

private:
  /// REQUIRES: it has subscribed to something.
  static subscriber::memberships& topics_of(subscriber& who, topic_kind kind) {
    return (*who.topics_)[static_cast<std::size_t>(kind)];
  }

  void leave(subscriber& who, topic& from, subscriber::membership gone) noexcept;
  void note(std::unique_ptr<subscription_change> change) noexcept;

  topic_map<topic> topics_;
  subscription_changes changes_;
  std::uint64_t change_count_ = 0;
};

} // namespace thespis::pubsub
