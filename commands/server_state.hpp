#pragma once

/// What the server knows about itself, as opposed to its keys: who is connected, what was slow,
/// what was counted, which settings are in force. One plain struct, owned by the administrator
/// actor, which runs every command whose way is `administrator` and lends it to them as
/// `ctx.server`. Times come in through `ctx.now`; what actors must do goes out through `hooks`.
///
/// Four members are read by all threads while the administrator writes them: `gates`, `execution`,
/// `access` and `reply_buffers`, made of relaxed atomics. They never move; connections and
/// partitions hold references. The statistics listed in `runners`, `loops` and `shards` belong to
/// others and are only read.
///
/// The shell's part:
///   at the start    make it, add runners, loops and shards, fill hooks, `apply_settings()`
///   per client      `clients.add(record)` / `clients.remove(id)`
///   per batch       if a runner has `pending` slow requests: send them here, to `note_slow`
///   every 100 ms    `tick(now_ms)`

#include "base/counter.hpp"
#include "base/options.hpp"
#include "commands/admission.hpp"
#include "commands/client_directory.hpp"
#include "commands/journal_status.hpp"
#include "commands/latency_history.hpp"
#include "commands/library_figures.hpp"
#include "commands/output_limits.hpp"
#include "commands/rate_meter.hpp"
#include "commands/running_scripts.hpp"
#include "commands/save_status.hpp"
#include "commands/script_hints.hpp"
#include "commands/script_settings.hpp"
#include "commands/server_figures.hpp"
#include "commands/server_hooks.hpp"
#include "commands/slow_log.hpp"
#include "commands/statistics.hpp"
#include "keyspace/shard.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// Sums of what event loops and shards count.
struct traffic_totals {
  std::uint64_t connections_received = 0;
  std::uint64_t connections_rejected = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t query_buffer_limit_disconnections = 0;
  std::uint64_t output_buffer_limit_disconnections = 0;
  std::uint64_t clients_evicted = 0;
  std::uint64_t turns = 0;
  std::uint64_t turns_ns = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t expired = 0;
  std::uint64_t reclaimed = 0;

  static constexpr std::uint64_t traffic_totals::*figures[] = {
    &traffic_totals::connections_received,
    &traffic_totals::connections_rejected,
    &traffic_totals::bytes_in,
    &traffic_totals::bytes_out,
    &traffic_totals::reads,
    &traffic_totals::writes,
    &traffic_totals::query_buffer_limit_disconnections,
    &traffic_totals::output_buffer_limit_disconnections,
    &traffic_totals::clients_evicted,
    &traffic_totals::turns,
    &traffic_totals::turns_ns,
    &traffic_totals::hits,
    &traffic_totals::misses,
    &traffic_totals::expired,
    &traffic_totals::reclaimed,
  };
};

/// When connections give back what their buffers for replies have grown to (DEBUG REPLYBUFFER).
struct reply_buffer_settings {
  static constexpr std::int64_t never = -1;
  static constexpr std::int64_t peak_reset_ms_default = 5000;

  std::atomic<bool> resizing{true};
  /// After so long the most that was waiting in a buffer counts no more; negative: it always does.
  std::atomic<std::int64_t> peak_reset_ms{peak_reset_ms_default};
};

struct server_state {
  /// `options` and `rows` (the command table's) must outlive it.
  server_state(base::options& options, std::span<const protocol::command_spec> rows);
  server_state(const server_state&) = delete;
  server_state& operator=(const server_state&) = delete;

  base::options& options;
  std::span<const protocol::command_spec> rows;
  server_facts facts;
  server_hooks hooks;

  // -- read by all threads ----------------------------------------------------------------------
  server_gates gates;
  execution_settings execution;
  keyspace::access_settings access;
  reply_buffer_settings reply_buffers;
  commands::output_limits output_limits;
  commands::script_settings script_settings;
  /// Written by whoever adds a script, too.
  commands::script_hints script_hints;
  /// ... or functions.
  commands::library_figures library_figures;

  /// Those of all partitions, set by the shell.
  running_scripts* scripts = nullptr;

  // -- the administrator's own ------------------------------------------------------------------
  client_directory clients;
  slow_log slow;
  latency_history latencies;
  rate_meter commands_rate;
  rate_meter bytes_in_rate;
  rate_meter bytes_out_rate;
  rate_meter turns_rate;
  save_status saving;
  journal_status journaling;
  std::uint64_t memory_peak_bytes = 0;
  std::uint64_t auth_denied = 0;
  /// SHUTDOWN is waiting for the end.
  bool shutting_down = false;
  /// DEBUG SET-ACTIVE-EXPIRE, and DEBUG PAUSE-CRON: no periodic work. See apply_debug_switches().
  bool active_expiry = true;
  bool cron_paused = false;

  // -- others' counters -------------------------------------------------------------------------
  std::vector<const command_statistics*> runners;
  std::vector<const network_statistics*> loops;
  std::vector<const keyspace::shard*> shards;
  /// Objects that somebody else than their shard has freed.
  base::counter reclaimed;
  /// How many topics of pub/sub have subscribers; the broker's.
  struct topic_figures {
    base::counter channels;
    base::counter patterns;
    base::counter shard_channels;
    /// Of CLIENT TRACKING with BCAST.
    base::counter key_prefixes;
  };
  topic_figures topics;
  /// notify-keyspace-events, as bits.
  std::atomic<std::int64_t> event_classes{0};
  /// key-load-delay.
  std::atomic<std::int64_t> key_load_delay{0};

  /// How many clients there are that track keys, that do so by prefixes, and that monitor. The
  /// administrator's.
  base::counter trackers;
  base::counter broadcasts;
  base::counter monitors;

  /// The classes of keyspace events that anybody may be listening to; 0: nobody is.
  std::int64_t wanted_events() const noexcept {
    const auto classes = event_classes.load(std::memory_order_relaxed);
    if (classes == 0) [[likely]]
      return 0;
    return topics.channels.get() + topics.patterns.get() == 0 ? 0 : classes;
  }

  // -- settings ---------------------------------------------------------------------------------
  /// Carries the settings in `options` over to what runs by them: gates, thresholds, capacities.
  /// Called at the start and after every change of options.
  void apply_settings();
  /// The same for the switches of DEBUG.
  void apply_debug_switches();

  // -- what the shell reports -------------------------------------------------------------------
  /// A runner's request crossed a threshold: files it in the slow log and the latency monitor.
  void note_slow(slow_request request);
  /// Something other than a command took long ("expire-cycle", "eviction-cycle" …).
  void note_latency(std::string_view event, std::int64_t now_ms, std::uint64_t took_ns);
  /// Samples the rates, ends a pause that is over. `now_ms`: Unix time.
  void tick(std::int64_t now_ms);

  /// A snapshot is over, or a setting about them has changed: writes are refused or not.
  void note_save_outcome();

  // -- pause ------------------------------------------------------------------------------------
  /// CLIENT PAUSE, and the end of the server while it saves. Who pauses does not know of the other.
  enum pauser : std::uint8_t { pause_command, end_of_server };
  /// Holds back all requests or only those that write, and the deletion of expired keys. A pause
  /// never gets shorter or weaker by another.
  void pause(pauser by, std::int64_t now_ms, std::int64_t until_ms, bool writes_only);
  void unpause(pauser by);

  // -- statistics -------------------------------------------------------------------------------
  /// Since the start or the last reset.
  command_totals commands_so_far(bool with_latency) const;
  traffic_totals traffic_so_far() const;
  /// CONFIG RESETSTAT.
  void reset_statistics();
  /// How many keys and elements have changed since the start, expired ones among them.
  std::uint64_t changes() const noexcept;
  /// How many objects are waiting to be freed.
  std::uint64_t garbage() const noexcept;
  /// Measures; `peak` is the highest `used` that this saw since the last reset.
  memory_figures memory();
  cpu_figures cpu() const;

  /// A client has gone, or is about to.
  void forget_client(std::uint64_t id) noexcept;
  /// A client tracks keys from now on, monitors, or does not any more.
  void note_tracking(client_record& client, bool on, bool by_prefix) noexcept;
  void note_monitoring(client_record& client, bool on) noexcept;
  /// The administrator's record of a client, null if it is gone.
  client_record* record_of(std::uint64_t id) const {
    return clients.find(id);
  }
  void log(base::log_level level, std::string_view text) const {
    if (hooks.log)
      hooks.log(level, text);
  }

private:
  void apply_pauses();
  void limit_tracking(std::size_t keys_max);
  traffic_totals traffic_since_start() const;
  std::uint64_t reclaimed_since_start() const noexcept;

  command_totals commands_before_;
  traffic_totals traffic_before_;
  struct pause_wish {
    std::int64_t until_ms = 0;
    bool all = false;
  };
  std::array<pause_wish, 2> pauses_{};
};

/// AUTH, HELLO: logs the client in. Compares in constant time. False: wrong, and that was counted.
bool authenticate(server_state& server, protocol::session& client, std::string_view user,
                  std::string_view password);

/// Whether the default user needs a password.
bool password_is_set(const server_state& server);

} // namespace thespis::commands
