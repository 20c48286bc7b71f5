#pragma once

/// The one clock of the server: it wakes partitions when something may expire and lets statistics
/// be sampled. Deadlines live in a heap of its own, because CAF's delayed messages cannot be taken
/// back.
///
/// Deadlines are Unix times and the timer is not: it never sleeps longer than one sampling
/// interval, so a clock that is set forward is noticed within that time.

#include "actors/core.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/steady_timer.hpp"

#include <optional>
#include <queue>
#include <vector>

namespace thespis::actors {

class scheduler final : public pinned_actor {
public:
  scheduler(caf::actor_config& config, event_loop& loop, core& home);
  ~scheduler() override;

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct later {
    bool operator()(const wake_partition_at& a, const wake_partition_at& b) const noexcept {
      return a.at_ms > b.at_ms;
    }
  };

  using wish_queue = std::priority_queue<wake_partition_at, std::vector<wake_partition_at>, later>;

  void add(const wake_partition_at& wish) noexcept;
  void expect_tick();
  void tick();

  core& core_;
  /// Made and destroyed on the loop, which alone may touch it.
  std::optional<steady_timer> timer_;
  std::int64_t next_sample_ms_ = 0;
  /// When the timer fires, Unix ms.
  std::int64_t timer_at_ms_ = 0;
  wish_queue wishes_;
};

} // namespace thespis::actors
