#pragma once

/// The last requests that took longer than slowlog-log-slower-than, newest first. Numbers grow
/// through the life of the server, also over a reset, so that a reader can tell what is new.
/// Owned by the administrator.

#include "commands/slow_request.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace thespis::commands {

class slow_log {
public:
  struct entry {
    std::uint64_t id;
    slow_request request;
  };

  /// Keeps at most `entries_max` from now on (option slowlog-max-len); the oldest go first.
  void set_capacity(std::size_t entries_max);
  /// Cost: O(1).
  void add(slow_request request);
  void clear() noexcept {
    entries_.clear();
  }

  /// Newest first.
  const std::deque<entry>& entries() const noexcept {
    return entries_;
  }

private:
  void trim();

  std::deque<entry> entries_;
  std::size_t entries_max_ = 128;
  std::uint64_t next_id_ = 0;
};

} // namespace thespis::commands
