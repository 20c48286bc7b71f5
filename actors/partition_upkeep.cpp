/// What a partition does by the clock, not for a client: expiry, snapshots; and the data set that
/// it gets at the start.

#include "actors/partition.hpp"

#include "actors/dataset_loading.hpp"
#include "actors/memory_reserve.hpp"
#include "keyspace/active_expiry.hpp"

#include <algorithm>
#include <new>

namespace thespis::actors {

namespace {

/// How many expired entries go in a millisecond, for each event loop: some 0.3 ms of work. So much
/// of a core may be taken without others noticing, be they clients here or other programs.
constexpr std::size_t expired_per_ms = 1600;

/// How long a partition waits to look again when expired keys are to stay.
constexpr std::int64_t held_back_ms = 100;

} // namespace

/// Deletes what has expired, some of it, and asks to be woken for the rest.
void partition::wake_up() {
  announced_due_ms_ = INT64_MAX;
  reporter_.listen(0);
  journal_.begin_upkeep();
  const auto now_ms = core_.now().ms;
  const auto& access = shard_.access;
  if (core_.gates.is_up(commands::gate_loading)
      || !access.active_expiry.load(std::memory_order_relaxed)
      || now_ms < access.keep_expired_until_ms.load(std::memory_order_relaxed))
    return rest_until(now_ms + held_back_ms);
  try {
    const auto budget = std::max<std::size_t>(
      expired_per_ms * core_.network.size() / core_.shards.size(), 1);
    const auto more = keyspace::expire_due(shard_, now_ms, budget);
    serve_my_waiters(plain_stopover{context()});
    tell(context());
    if (more)
      rest_until(now_ms + 1);
    else
      announce(keyspace::next_due_ms(shard_));
  } catch (const std::bad_alloc&) {
    // What is due stays so.
    rest_until(now_ms + held_back_ms);
  }
}

/// Of fewer keys than before may copies be tracked: some are given up now, the rest later.
void partition::shrink_tracked() {
  constexpr std::size_t keys_per_turn = 1000;
  auto& tracked = shard_.tracked;
  const auto max = shard_.access.tracked_keys_max.load(std::memory_order_relaxed);
  if (max == 0 || tracked.keys() <= max) [[likely]]
    return;
  for (auto left = std::min(tracked.keys() - max, keys_per_turn); left > 0; --left)
    shard_.changes.untrack(0, tracked.some_key(shard_.random.next()));
  reporter_.tell(context());
  if (tracked.keys() > max)
    rest_until(core_.now().ms + 1);
}

/// All partitions meet this at the same point of the order of multicasts.
void partition::cut(snapshot& picture) {
  const auto number = await_armed(picture.armed);
  order_.begin(number);
  feeder_.begin(picture, context());
  if (picture.epoch != no_journal)
    journal_.join(picture.epoch, number, context());
  order_.end();
  const memory_reserve::own_work now;
  wake_at(core_.now().ms);
}

void partition::feed_snapshot() {
  if (!feeder_.is_active()) [[likely]]
    return;
  feeder_.step(context());
  const memory_reserve::own_work now;
  if (feeder_.is_active())
    wake_at(core_.now().ms + 1);
}

void partition::load(const load_entries& task) {
  auto now = core_.now();
  if (task.of->keeps_expired)
    now.ms = nothing_has_expired_ms;
  task.of->load(*task.block, shard_, now);
  keyspace::publish_figures(shard_);
  announce(keyspace::next_due_ms(shard_));
}

/// Something is due, and has to wait.
void partition::rest_until(std::int64_t time_ms) noexcept {
  resting_until_ms_ = time_ms;
  announce(time_ms);
}

/// Something expires then. Without memory for the wish the next change of the shard repeats it.
void partition::announce(std::int64_t due_ms) noexcept {
  wake_at(std::max(due_ms, resting_until_ms_));
}

/// Asks to be woken, unless it will be then or before.
void partition::wake_at(std::int64_t time_ms) noexcept {
  if (time_ms >= announced_due_ms_)
    return;
  try {
    post(core_.scheduler, context(), wake_partition_at{index_, time_ms});
    announced_due_ms_ = time_ms;
  } catch (const std::bad_alloc&) {
    return;
  }
}

} // namespace thespis::actors
