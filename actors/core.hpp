#pragma once

/// What the actors of one store share: tables that never change, counters that anybody may read,
/// flags that the administrator sets, and the addresses of the core actors. No data of clients is
/// in here: that is owned by partitions.
///
/// Built before the first actor and destroyed after the last one.

#include "actors/batch.hpp"
#include "actors/journal_gauges.hpp"
#include "actors/multicast.hpp"
#include "base/options.hpp"
#include "base/tick_clock.hpp"
#include "commands/function_library.hpp"
#include "commands/script_library.hpp"
#include "commands/script_stage.hpp"
#include "commands/server_state.hpp"
#include "commands/statistics.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/shard.hpp"
#include "protocol/command_table.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace thespis::actors {

class event_loop;
class rendezvous;
struct snapshot;

/// The time of day. A parameter so that tests decide what time it is.
using wall_clock = keyspace::instant (*)();

/// CLOCK_REALTIME.
keyspace::instant system_time() noexcept;

struct core {
  /// `settings` outlives the core.
  core(base::options& settings, std::size_t loop_count, std::size_t partition_count,
       wall_clock clock);
  core(const core&) = delete;
  core& operator=(const core&) = delete;

  const protocol::command_table& commands;
  wall_clock now;
  /// The administrator's. Others touch nothing of it but the atomics that have names below.
  thespis::commands::server_state server;

  const base::options& options;
  const thespis::commands::server_gates& gates;
  const thespis::commands::execution_settings& execution;
  const keyspace::access_settings& access;
  const thespis::commands::reply_buffer_settings& reply_buffers;
  const thespis::commands::output_limits& output_limits;
  /// A meeting for several requests ends when it has taken so long; then others have their turn.
  std::uint64_t meeting_ticks_max = base::tick_clock::from_ns(200'000);
  const std::atomic<std::int64_t>& key_load_delay;

  /// One per partition; the partition actor owns the shard.
  std::deque<keyspace::shard> shards;
  std::deque<thespis::commands::command_statistics> partition_statistics;
  thespis::commands::running_scripts running_scripts;
  thespis::commands::script_library scripts;
  thespis::commands::function_library functions;
  /// One per partition, too.
  std::deque<thespis::commands::script_stage> script_stages;
  /// One per event loop, and one more that clients on none share, under the lock.
  std::deque<thespis::commands::command_statistics> client_statistics;
  std::mutex shared_statistics_lock;
  std::deque<thespis::commands::network_statistics> network;
  thespis::commands::command_statistics administrator_statistics;
  thespis::commands::command_statistics broker_statistics;

  std::vector<caf::actor> partitions;
  multicast_order order;
  caf::actor administrator;
  caf::actor broker;
  /// One per event loop, and one more for clients on none.
  std::vector<caf::actor> fan_outs;
  caf::actor scheduler;
  caf::actor reclaimer;
  caf::actor snapshot_writer;
  caf::actor journal;
  caf::actor journal_writer;
  caf::actor journal_syncer;
  thespis::actors::journal_gauges journal_gauges;
  /// As many as event loops.
  std::vector<caf::actor> workers;
  caf::actor supervisor;
  std::vector<caf::actor> listeners;
  /// The listeners' loops; they outlive the store.
  std::vector<const event_loop*> loops;

  /// Somebody has asked for the end of the store: what takes long is given up. The end may be
  /// called off again.
  std::atomic<bool> end_asked{false};

  std::atomic<std::uint64_t> next_client_id{1};
  std::atomic<std::size_t> client_count{0};

  /// Sends every part of the batch to its partition. The answer is `batch_done` to its owner.
  /// `here`: the caller's execution unit, or null. Throws std::bad_alloc with nothing sent.
  void send(batch& work, caf::execution_unit* here);

  /// Lets the partitions of `meeting` meet for its batch, or for the one request in the first part
  /// of that. Same answer.
  void send(rendezvous& meeting, caf::execution_unit* here);

  /// Has all partitions cut their shards for `picture` at one point of the order of multicasts.
  /// Throws std::bad_alloc with nothing sent.
  void send(snapshot& picture, caf::execution_unit* here);

  /// Reports a batch that has been run: at once, or when all that its replies show is on the disk
  /// (journal.hpp).
  void report(batch& work, caf::execution_unit* here) {
    if (journal_gauges.holds_replies.load(std::memory_order_relaxed)) [[unlikely]]
      hold(work, here);
    else
      work.report(here);
  }

  /// Tells the administrator of slow requests, if there are any and there is memory for it.
  void report_slow(thespis::commands::command_statistics& statistics,
                   caf::execution_unit* here) noexcept;

  /// Whether a client may use the limits of one that has logged in.
  bool trusts(const protocol::session& client) const noexcept {
    return client.authenticated() || !gates.is_up(thespis::commands::gate_password);
  }

private:
  void hold(batch& work, caf::execution_unit* here);
  void register_counters();
};

} // namespace thespis::actors
