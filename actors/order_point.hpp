#pragma once

/// Where a partition is in the total order of multicasts, and how far the others have come.
///
/// What belongs to several partitions is in one order (multicast.hpp), but they do not get there at
/// the same time. Mostly that does not show. It does where what one of them finds first decides for
/// all: a client that waits for keys of several partitions is served by one of them, and it must be
/// the one whose key was filled first. So a partition that is about to decide makes sure that the
/// others have passed the point in the order where it stands.

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstdint>

namespace thespis::actors {

/// The place of a multicast in the order; the first has 1.
using multicast_number = std::uint64_t;

/// Before or behind a multicast, or at one of its requests.
class order_point {
public:
  static order_point before(multicast_number which) noexcept {
    return order_point{which << request_bits};
  }
  static order_point at(multicast_number which, std::uint32_t request) noexcept {
    return order_point{which << request_bits | std::min(request, last_request)};
  }
  static order_point behind(multicast_number which) noexcept {
    return before(which + 1);
  }

  friend auto operator<=>(const order_point&, const order_point&) = default;

private:
  friend class partition_progress;

  /// A batch has far fewer requests.
  static constexpr int request_bits = 16;
  static constexpr std::uint32_t last_request = (1u << request_bits) - 1;

  explicit order_point(std::uint64_t code) noexcept : code_(code) {
  }

  std::uint64_t code_;
};

/// Of one partition. Thread-safe: the senders of multicasts, the partition, and those that ask.
class alignas(64) partition_progress {
public:
  /// REQUIRES: the caller holds the lock of the order.
  void note_sent(multicast_number which) noexcept {
    sent_.store(which, std::memory_order_relaxed);
  }
  /// The partition has run everything that is before `where`.
  void note_passed(order_point where) noexcept {
    if (where.code_ > passed_.load(std::memory_order_relaxed))
      passed_.store(where.code_, std::memory_order_release);
  }
  /// REQUIRES: the caller has met a multicast that is armed, with nothing behind it before `where`.
  bool has_passed(order_point where) const noexcept {
    const auto passed = passed_.load(std::memory_order_acquire);
    const auto sent = sent_.load(std::memory_order_relaxed);
    return passed >= where.code_ || passed >= order_point::behind(sent).code_;
  }

private:
  std::atomic<multicast_number> sent_{0};
  std::atomic<std::uint64_t> passed_{order_point::behind(0).code_};
};

} // namespace thespis::actors
