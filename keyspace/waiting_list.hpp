#pragma once

/// Who waits for which key of a shard, in the order in which they came, and which of these keys
/// have changed since they were looked at last.
///
/// It costs nothing while nobody waits. Not thread-safe: the shard's owner has it. The waiters
/// themselves are shared (see waiter.hpp); those whose wait is over leave when they are met, or by
/// remove().

#include "keyspace/waiter.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thespis::keyspace {

class waiting_list {
public:
  struct place {
    int database = 0;
    std::string key;

    friend bool operator==(const place&, const place&) = default;
  };

  bool empty() const noexcept {
    return queues_.empty();
  }
  /// How many keys are waited for.
  std::size_t keys() const noexcept {
    return queues_.size();
  }

  /// The waiter queues up behind the others of `key`, or (`first`) in front of them: who was served
  /// in vain keeps his turn. Throws std::bad_alloc.
  void add(std::string_view key, const waiter_ptr& who, bool first = false);
  /// Takes the waiter out of the queue of `key`.
  void remove(std::string_view key, const waiter& who) noexcept;

  /// The key has changed. Cost: a look-up; nothing if nobody waits.
  void note(int database, std::string_view key) {
    if (!queues_.empty()) [[unlikely]]
      note_waited_for(database, key);
  }
  /// All of a database has changed (SWAPDB).
  void note_all(int database);

  /// Whether a key has changed that somebody waits for.
  bool has_ready() const noexcept {
    return !ready_.empty();
  }
  /// The one that changed first; it counts as looked at from now on.
  std::optional<place> take_ready();
  /// Those who wait for a key now, the first one first.
  std::vector<waiter_ptr> queue_of(const place& at) const;

private:
  struct hash {
    std::size_t operator()(const place& of) const noexcept {
      return std::hash<std::string_view>{}(of.key) + static_cast<std::size_t>(of.database);
    }
  };
  struct queue {
    std::deque<waiter_ptr> waiters;
    bool ready = false;
  };

  void note_waited_for(int database, std::string_view key);

  std::unordered_map<place, queue, hash> queues_;
  std::deque<place> ready_;
};

} // namespace thespis::keyspace
