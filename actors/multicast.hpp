#pragma once

/// One message to several partitions at one point of a total order.
///
/// All multicasts go into the mailboxes under one short lock, so every partition meets them in the
/// same order. A partition may meet its copy while the sender still puts in the others; it must not
/// act on it before all are in, or another client could see its effect in one partition and
/// overtake the message on the way to the next. Hence `armed`: raised when the last copy is in,
/// awaited by whoever meets a copy. The wait lasts as long as the sender needs for the remaining
/// mailboxes.

#include "actors/messages.hpp"

#include <atomic>
#include <mutex>
#include <span>

namespace thespis::actors {

/// The lock of the total order; one per store.
class multicast_order {
public:
  /// Sends `task` to each of `receivers[i], i in targets` and then raises `armed`. Throws
  /// std::bad_alloc with nothing sent.
  void send(std::span<const caf::actor> receivers, std::span<const partition_index> targets,
            const partition_task& task, std::atomic<bool>& armed, caf::execution_unit* here);

private:
  std::mutex lock_;
};

/// Waits until a multicast that was met is in all mailboxes. `armed` goes up within the time that a
/// thread needs for a few enqueues, unless that thread is not running: then the core is given away.
void await_armed(const std::atomic<bool>& armed) noexcept;

} // namespace thespis::actors
