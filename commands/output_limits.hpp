#pragma once

/// How much a client may leave unread before it is closed (client-output-buffer-limit): a hard
/// limit, and a soft one that may be exceeded for some time. Relaxed atomics, which the
/// administrator sets and connections read.

#include "base/options.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace thespis::commands {

struct output_limits {
  /// 0 bytes: no limit.
  struct limit {
    std::atomic<std::uint64_t> hard_bytes{0};
    std::atomic<std::uint64_t> soft_bytes{0};
    std::atomic<std::int64_t> soft_ms{0};
  };

  limit& of(base::client_class cls) noexcept {
    return by_class[static_cast<std::size_t>(cls)];
  }
  const limit& of(base::client_class cls) const noexcept {
    return by_class[static_cast<std::size_t>(cls)];
  }

  std::array<limit, 3> by_class;
};

/// Since when a client has been beyond the soft limit.
class output_watch {
public:
  /// Whether a client that has so much unread may stay. `now_ms()` is asked beyond the soft limit
  /// only. Cost: O(1).
  template <class Clock>
  bool allows(std::uint64_t unread_bytes, const output_limits::limit& limit,
              Clock&& now_ms) noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;
    const auto hard = limit.hard_bytes.load(relaxed);
    const auto soft = limit.soft_bytes.load(relaxed);
    if (hard != 0 && unread_bytes >= hard)
      return false;
    if (soft == 0 || unread_bytes < soft) {
      beyond_since_ms_ = 0;
      return true;
    }
    const std::int64_t now = now_ms();
    if (beyond_since_ms_ == 0)
      beyond_since_ms_ = now;
    return now - beyond_since_ms_ <= limit.soft_ms.load(relaxed);
  }

private:
  std::int64_t beyond_since_ms_ = 0;
};

} // namespace thespis::commands
