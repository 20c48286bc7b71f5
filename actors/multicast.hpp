#pragma once

/// One message to several partitions at one point of a total order.
///
/// All multicasts go into the mailboxes under one short lock, so every partition meets them in the
/// same order. A partition may meet its copy while the sender still puts in the others; it must not
/// act on it before all are in, or another client could see its effect in one partition and
/// overtake the message on the way to the next. Hence `armed`: set when the last copy is in,
/// awaited by whoever meets a copy. The wait lasts as long as the sender needs for the remaining
/// mailboxes.

#include "actors/messages.hpp"
#include "actors/order_point.hpp"

#include <atomic>
#include <mutex>
#include <span>
#include <vector>

namespace thespis::actors {

/// Somebody beside the receivers who has to know of a multicast at its place in the order. Called
/// under the lock.
class multicast_witness {
public:
  /// Whether the multicast can be sent as it was prepared.
  virtual bool is_ready() const noexcept = 0;
  /// All copies are in their mailboxes.
  virtual void note(multicast_number which, caf::execution_unit* here) noexcept = 0;

protected:
  ~multicast_witness() = default;
};

/// The lock of the total order; one per store.
class multicast_order {
public:
  explicit multicast_order(std::size_t partition_count) : progress_(partition_count) {
  }

  /// Sends `task` to each of `receivers[i], i in targets` and then puts its number into `armed`,
  /// which was 0. Throws std::bad_alloc with nothing sent.
  /// Returns false, with nothing sent, if `witness` is not ready for it.
  bool send(std::span<const caf::actor> receivers, std::span<const partition_index> targets,
            const partition_task& task, std::atomic<multicast_number>& armed,
            caf::execution_unit* here, multicast_witness* witness = nullptr);

  partition_progress& progress(partition_index of) noexcept {
    return progress_[of];
  }

private:
  std::mutex lock_;
  multicast_number last_ = 0;
  std::vector<partition_progress> progress_;
};

/// Waits until a multicast that was met is in all mailboxes, and returns its number. `armed` gets
/// it within the time that a thread needs for a few enqueues, unless that thread is not running:
/// then the core is given away.
multicast_number await_armed(const std::atomic<multicast_number>& armed) noexcept;

} // namespace thespis::actors
