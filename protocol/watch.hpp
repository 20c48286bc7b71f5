#pragma once

/// The keys that a client watches (WATCH): if one of them changes, its next EXEC does nothing.
///
/// The client's session owns it and lends it to the partitions of its keys, which keep it in their
/// tables (keyspace/watch_table.hpp) until a key changes or the watch is over. So it is broken by a
/// flag that any of them may set. EXEC looks at that once, when it has the partitions of all keys
/// that it touches or watches to itself.

#include "base/seeded_fault.hpp"

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace thespis::protocol {

class watch {
public:
  struct key {
    int database;
    std::string name;
  };

  /// A key has changed. From any thread.
  void break_off() noexcept {
    broken_.store(true, std::memory_order_release);
  }
  /// Whether a key has changed, or has expired since.
  bool is_broken(std::int64_t now_ms) const noexcept {
    if (base::seeded("watch_is_ignored"))
      return false;
    return broken_.load(std::memory_order_acquire)
           || (now_ms >= expires_ms && !base::seeded("watch_misses_expiry"));
  }

  // -- for whoever the session is lent to ---------------------------------------------------------
  std::vector<key> keys;
  /// Unix ms at which the first of them expires that had a time to live when it was watched. (If
  /// that changes, the watch is broken.)
  std::int64_t expires_ms = std::numeric_limits<std::int64_t>::max();

private:
  std::atomic<bool> broken_{false};
};

} // namespace thespis::protocol
