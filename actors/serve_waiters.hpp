#pragma once

/// What follows when keys have changed for which clients wait: their requests are run again, those
/// who came first at first, as far as there is something for them.
///
/// A request that finds nothing after all keeps its place. One that needs keys of partitions that
/// are not at hand gets a meeting of its own; until that is over those behind it wait on. One that
/// could be served by other partitions as well is served when these have come as far as this one
/// in the order of multicasts: what they find there was written before.

#include "actors/core.hpp"
#include "actors/order_point.hpp"
#include "keyspace/shard_map.hpp"

#include <functional>
#include <span>
#include <vector>

namespace thespis::actors {

/// Shards that this thread may use now.
struct shards_at_hand {
  const keyspace::shard_map& map;
  /// The same.
  std::span<keyspace::shard* const> all;
};

/// Returns the partitions that have to pass `where`, the caller's place in the order, before all is
/// done: then it is to be called again. Cost: nothing if no key is ready. `statistics`: where the
/// requests' time is counted. `before_answer` is called when one has been run and is about to get
/// its reply.
std::vector<partition_index> serve_waiters(core& home, const shards_at_hand& shards,
                                           order_point where,
                                           thespis::commands::command_statistics& statistics,
                                           caf::execution_unit* here,
                                           const std::function<void()>& before_answer);

/// Whether there is something to do.
inline bool has_ready_waiters(const keyspace::shard& one) noexcept {
  return one.changes.waiting().has_ready();
}

} // namespace thespis::actors
