#pragma once

/// Clients that wait for the disk whatever appendfsync says (WAITAOF), in the order in which what
/// they wait for was told. The journal's.

#include "actors/blocked_request.hpp"
#include "actors/messages.hpp"
#include "protocol/errors.hpp"

#include <cstdint>
#include <deque>
#include <utility>

namespace thespis::actors {

class durability_waits {
public:
  /// Throws std::bad_alloc.
  void add(const disk_awaited& one) {
    waits_.push_back(one);
  }
  bool empty() const noexcept {
    return waits_.empty();
  }
  /// So many tellings are on the disk.
  void end_until(std::uint64_t durable, caf::execution_unit* here) {
    while (!waits_.empty() && waits_.front().until <= durable) {
      const auto one = std::move(waits_.front());
      waits_.pop_front();
      if (!one.goes_on)
        one.who->end_for_disk(one.wait, {}, here);
    }
  }
  /// There is no journal any more.
  void refuse_all(caf::execution_unit* here) {
    for (const auto& one : std::exchange(waits_, {}))
      one.who->end_for_disk(one.wait, protocol::errors::no_journal_to_wait_for, here);
  }
  /// Those whose time is over are forgotten.
  void forget_ended() {
    std::erase_if(waits_, [](const auto& one) { return !one.who->waits(one.wait); });
  }

private:
  std::deque<disk_awaited> waits_;
};

} // namespace thespis::actors
