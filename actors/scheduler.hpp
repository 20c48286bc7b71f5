#pragma once

/// The one clock of the server: it wakes partitions when something may expire and lets statistics
/// be sampled. It keeps the times itself, because CAF's delayed messages cannot be taken back.
///
/// Deadlines are Unix times and the timer is not: it never sleeps longer than one sampling
/// interval, so a clock that is set forward is noticed within that time.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/steady_timer.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace thespis::actors {

class scheduler final : public pinned_actor {
public:
  scheduler(caf::actor_config& config, event_loop& loop, core& home);
  ~scheduler() override;

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void add(const wake_partition_at& wish);
  void add(const end_wait_at& end);
  void end_waits(std::int64_t now_ms);
  void expect_tick();
  void tick();

  core& core_;
  /// Made and destroyed on the loop, which alone may touch it.
  std::optional<steady_timer> timer_;
  std::int64_t next_sample_ms_ = 0;
  /// When the timer fires, Unix ms.
  std::int64_t timer_at_ms_ = 0;
  /// Deadlines of clients that wait for keys.
  struct deadline {
    std::int64_t at_ms;
    const keyspace::waiter* who;
    keyspace::waiter::number wait;

    auto operator<=>(const deadline&) const = default;
  };

  /// When each partition wants to be woken, Unix ms: its latest wish.
  std::vector<std::int64_t> due_ms_;
  std::map<deadline, keyspace::waiter_ptr> deadlines_;
  /// The deadline of each client that has one.
  std::unordered_map<const keyspace::waiter*, decltype(deadlines_)::iterator> deadline_of_;
};

} // namespace thespis::actors
